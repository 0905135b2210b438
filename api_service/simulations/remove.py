"""Deletes simulations: marks the row; retention deletes the rows and files later."""

from enum import Enum, auto
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from shared.db.tables import Simulation


class Removed(Enum):
    """Outcome of a request to delete a simulation."""

    DONE = auto()
    NOT_ENDED = auto()
    UNKNOWN = auto()


def remove_simulation(connection: Connection, simulation_id: UUID) -> Removed:
    """Marks an ended simulation as deleted; after a concurrent retry the result is NOT_ENDED."""
    there = (Simulation.id == simulation_id, Simulation.deleted_at.is_(None))
    statement = update(Simulation).where(*there, Simulation.ended_at.is_not(None)).values(deleted_at=func.now())
    if connection.execute(statement).rowcount:
        return Removed.DONE
    return Removed.UNKNOWN if connection.scalar(select(Simulation.id).where(*there)) is None else Removed.NOT_ENDED
