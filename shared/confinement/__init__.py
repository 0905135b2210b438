"""Confined child processes: launcher, Landlock, system call filter, limits. Independent of EnergyPlus."""
