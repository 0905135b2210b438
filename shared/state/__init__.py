"""State of runs, simulations and workers in Postgres: status changes, leases, limits per owner, pauses, counters.

`transitions.py` lists the legal status changes, and only `writer.py` carries them out; claim, finish, cancel and retry
call it. Every function takes an open connection and leaves commit and rollback to its caller. The package imports no
broker, no storage and no service.

Row locks are always taken in this order: the simulation, the run, then the run's backlog counter, which a trigger
locks. Of the advisory locks in `caps.py`, the one for starts is taken before these, the one for queueing after them.
"""
