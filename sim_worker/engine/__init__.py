"""Everything that knows EnergyPlus, and nothing that knows queues, databases or storage.

Preparation of a model, execution of the engine as a supervised child process, reading of its results. The worker
composes these; `python -m sim_worker.engine` runs one model with nothing else around.
"""
