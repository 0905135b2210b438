"""Counters of the backlog, maintained by triggers on runs, so that they are correct whichever version writes runs."""

from datetime import datetime
from enum import IntEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class Place(IntEnum):
    """Part of a simulation's waiting runs that a counter counts, in order of dispatch; held runs are not dispatched."""

    FIRST = 0
    REST = 1
    HELD = 2


class Backlog(Base):
    """Number of waiting runs (queued and not published) of a simulation for an engine. There is no row for zero.

    Priority, owner and creation time are copies of the simulation's, changed together with it. With them the dispatcher
    finds the next runs in a few pages of one index, however long the backlog is.
    """

    __tablename__ = "backlog"
    __table_args__ = (
        CheckConstraint("runs >= 0", name="runs"),
        CheckConstraint("place BETWEEN 0 AND 2", name="place"),
        Index("ix_backlog_lanes", "engine", "priority", "owner", "place", "created_at", "simulation_id"),
    )

    simulation_id: Mapped[UUID] = mapped_column(primary_key=True)
    engine: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    runs: Mapped[int]
    priority: Mapped[int]
    owner: Mapped[str]
    created_at: Mapped[datetime]


class DispatchTurn(Base):
    """State of an engine's round robin: number of published runs, and the owner who had the last turn.

    Written under the lock of the engine's window. A count that is lost or too low only moves the turns.
    """

    __tablename__ = "dispatch_turns"

    engine: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[int] = mapped_column(BigInteger)
    owner: Mapped[str] = mapped_column(server_default="")
