"""The life of runs and simulations: legal transitions as data, one writer, one file per verb.

Every function takes an open connection and leaves commit and rollback to its caller. Lock order, always: the
simulation's row, then the run's, then its backlog counter's, which a trigger takes. It knows no broker, no storage and
no service.
"""
