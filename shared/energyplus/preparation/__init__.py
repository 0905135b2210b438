"""Preparation of a model and its weather file: period, parameters, outputs."""
