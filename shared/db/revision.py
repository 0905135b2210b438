"""Revisions: the transaction that last changed a row, set by triggers, whichever version of EPSM writes it.

A snapshot of Postgres says which transactions it sees, so the rows that changed since an earlier snapshot are exactly
those whose revision it did not see, in whatever order their transactions were committed. A number from a sequence does
not have this property: a reader would pass over a lower number that is committed later.
"""

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Text, cast, func, literal, text
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from shared.db.base import Base

#: Number of the current transaction. It grows for ever, and the transaction counts as started from here on.
CURRENT = text("pg_current_xact_id()::text::bigint")


class Forgotten(Base):
    """One row: the highest revision of the simulations that have been deleted from the database.

    Who has last read before it cannot learn of the deletion from the rows.
    """

    __tablename__ = "forgotten"
    __table_args__ = (CheckConstraint("id", name="one"),)

    id: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    revision: Mapped[int] = mapped_column(BigInteger)


def unseen(revision: InstrumentedAttribute[int | None], snapshot: str) -> ColumnElement[bool]:
    """SQL condition: the row was changed by a transaction that `snapshot`, as text, does not see."""
    xid = func.xid8(cast(revision, Text))
    return ~func.pg_visible_in_snapshot(xid, func.pg_snapshot(literal(snapshot)))


def oldest_open(snapshot: str) -> int:
    """The oldest transaction that had not ended at the snapshot; it sees all changes with lower revisions."""
    return int(snapshot.partition(":")[0])


def first_after(snapshot: str) -> int:
    """The lowest revision that no transaction had at the snapshot."""
    return int(snapshot.split(":")[1])


def sees(snapshot: str, revision: int) -> bool:
    """Whether the snapshot, as text, sees the changes of a transaction."""
    oldest, after, in_progress = snapshot.split(":")
    return revision < int(after) and (revision < int(oldest) or str(revision) not in in_progress.split(","))
