"""Any number of schedulers may run and none leads: a job's effects happen under a lock of their own, or elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from shared.db.database import Database
from shared.db.locks import LockSpace, try_lock


@contextmanager
def only_one(database: Database, job: str) -> Iterator[Connection | None]:
    """One transaction that no other scheduler has for the same job at the same time; None when another has it."""
    with database.transaction() as connection:
        yield connection if try_lock(connection, LockSpace.JOB, job) else None
