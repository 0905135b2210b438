"""Mutual exclusion of schedulers: any number may run, without a leader; a job that must not overlap takes a lock."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from shared.db.database import Database
from shared.db.locks import LockSpace, try_lock


@contextmanager
def only_one(database: Database, job: str) -> Iterator[Connection | None]:
    """Yields a transaction that holds the lock of `job`; None when another scheduler holds it. Raises DatabaseAway."""
    with database.transaction() as connection:
        yield connection if try_lock(connection, LockSpace.JOB, job) else None
