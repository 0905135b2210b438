"""Running a confined child process: the launcher, Landlock, the system call filter, limits. It knows no EnergyPlus."""
