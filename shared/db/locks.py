"""Advisory locks: a number space that everybody in a database shares, so every number of ours is here.

A lock of a space and a name ends with its transaction. Names are hashed: two may share a lock, which costs time.
"""

from enum import IntEnum

from sqlalchemy import Connection, text

#: Held by a session that migrates ("epsm" in ASCII).
MIGRATION = 0x6570736D


class LockSpace(IntEnum):
    """What a lock is about; each number is a word in ASCII, so that nobody else comes to it."""

    #: Filling the window of an engine's queue ("fill").
    WINDOW = 0x66696C6C
    #: The effects of a scheduled job ("jobs").
    JOB = 0x6A6F6273
    #: Queueing runs of an owner ("ownq").
    OWNER_QUEUES = 0x6F776E71
    #: Starting runs of an owner ("ownr").
    OWNER_STARTS = 0x6F776E72


def wait_for_lock(connection: Connection, space: LockSpace, name: str) -> None:
    """Take the lock until the end of the transaction, after whoever has it."""
    lock = text("SELECT pg_advisory_xact_lock(:space, hashtext(:name))")
    connection.execute(lock, {"space": space.value, "name": name})


def try_lock(connection: Connection, space: LockSpace, name: str) -> bool:
    """Take the lock until the end of the transaction unless another transaction has it; whether it was taken."""
    lock = text("SELECT pg_try_advisory_xact_lock(:space, hashtext(:name))")
    return bool(connection.scalar(lock, {"space": space.value, "name": name}))
