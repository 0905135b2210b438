"""EPSM's worker: receives one message per run, executes EnergyPlus as a child process and commits the result."""
