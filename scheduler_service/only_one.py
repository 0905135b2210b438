"""Any number of schedulers may run and none leads: a job's effects happen under a lock of their own, or elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from shared.db.database import Database

#: Advisory locks are a number space shared by all; this is the scheduler's corner of it ("jobs" in ASCII).
LOCK_SPACE = 0x6A6F6273


@contextmanager
def only_one(database: Database, job: str) -> Iterator[Connection | None]:
    """One transaction that no other scheduler has for the same job at the same time; None when another has it."""
    with database.transaction() as connection:
        lock = text("SELECT pg_try_advisory_xact_lock(:space, hashtext(:job))")
        mine = connection.scalar(lock, {"space": LOCK_SPACE, "job": job})
        yield connection if mine else None
