"""Execution of one attempt at a run, from the claim to its end."""
