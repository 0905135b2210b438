"""EPSM's worker: takes one message per run, executes EnergyPlus as a child process and commits what came of it."""
