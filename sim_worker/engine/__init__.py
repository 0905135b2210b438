"""Execution of one model with EnergyPlus, without queue, database or storage.

Joins `shared.energyplus` (preparation of a model, reading of results) and `shared.confinement` (child processes). Used
by the attempts of the worker; `python -m sim_worker.engine` runs one model without any service.
"""
