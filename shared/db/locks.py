"""Advisory locks. All users of a database share one number space, so all numbers of EPSM are defined here.

A lock, identified by a space and a name, is released at the end of its transaction. Names are hashed: two names may
share a lock, which costs only time.
"""

from enum import IntEnum

from sqlalchemy import Connection, text

#: Held by the session of a migration ("epsm" in ASCII).
MIGRATION = 0x6570736D


class LockSpace(IntEnum):
    """Purpose of a lock; each number is a word in ASCII, so that other software is unlikely to use it."""

    #: Filling the window of an engine's queue ("fill").
    WINDOW = 0x66696C6C
    #: Changes made by a scheduled job, which only one scheduler may make at a time ("jobs").
    JOB = 0x6A6F6273
    #: Queueing runs of an owner ("ownq").
    OWNER_QUEUES = 0x6F776E71
    #: Starting runs of an owner ("ownr").
    OWNER_STARTS = 0x6F776E72
    #: Deciding about runs of one owner with the same fingerprint ("twin").
    TWINS = 0x7477696E


def wait_for_lock(connection: Connection, space: LockSpace, name: str) -> None:
    """Wait for the lock and take it until the end of the transaction."""
    lock = text("SELECT pg_advisory_xact_lock(:space, hashtext(:name))")
    connection.execute(lock, {"space": space.value, "name": name})


def try_lock(connection: Connection, space: LockSpace, name: str) -> bool:
    """Take the lock until the end of the transaction, unless another transaction has it; returns whether it did."""
    lock = text("SELECT pg_try_advisory_xact_lock(:space, hashtext(:name))")
    return bool(connection.scalar(lock, {"space": space.value, "name": name}))
