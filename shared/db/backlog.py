"""What waits, counted: kept by triggers on runs in the database, whoever writes there and with which version."""

from datetime import datetime
from enum import IntEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import Base


class Place(IntEnum):
    """Which of its simulation's waiting runs a counter is about; the order is that in which they go."""

    FIRST = 0
    REST = 1
    HELD = 2


class Backlog(Base):
    """How many runs of a simulation wait for an engine: queued and not published. There is no row for none.

    Priority, owner and creation are the simulation's, which never change: by them the dispatcher finds what goes next
    in a few pages of one index, whatever there is behind it.
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
