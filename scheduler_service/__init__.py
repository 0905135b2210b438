"""EPSM's scheduler: dispatches, reaps expired leases, repairs, cleans up and measures. Any number may run."""
