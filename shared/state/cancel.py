"""Cancellation: queued runs end at once; running ones are flagged, and their worker kills them after its next beat."""

from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, select, update

from shared.db.tables import Run
from shared.enums import Status
from shared.state.transitions import CANCEL_SIMULATION, WITHDRAW
from shared.state.writer import count, lock_simulation, move, move_simulation, record, stands_at


class Cancelled(Enum):
    """Result of a request to cancel."""

    ACCEPTED = auto()
    ALREADY_ENDED = auto()
    UNKNOWN = auto()


def cancel_simulation(connection: Connection, simulation_id: UUID) -> Cancelled:
    """Cancel all runs of a simulation that have not ended. Idempotent."""
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.deleted_at is not None:
        return Cancelled.UNKNOWN
    if simulation.ended_at is not None:
        return Cancelled.ALREADY_ENDED
    if simulation.cancel_requested_at is None:
        move_simulation(connection, CANCEL_SIMULATION, simulation_id, values={"cancel_requested_at": func.now()})
        record(connection, simulation_id, "simulation.cancel_requested")
    _cancel(connection, simulation_id, Run.simulation_id == simulation_id)
    return Cancelled.ACCEPTED


def cancel_run(connection: Connection, run_id: UUID) -> Cancelled:
    """Cancel one run; the other runs of its simulation continue."""
    simulation_id = connection.scalar(select(Run.simulation_id).where(Run.id == run_id))
    simulation = lock_simulation(connection, simulation_id) if simulation_id is not None else None
    if simulation is None or simulation.deleted_at is not None:
        return Cancelled.UNKNOWN
    touched = _cancel(connection, simulation.id, Run.id == run_id)
    return Cancelled.ACCEPTED if touched else Cancelled.ALREADY_ENDED


def _cancel(connection: Connection, simulation_id: UUID, which: ColumnElement[bool]) -> int:
    # Queued runs first: a claim that commits in between changes a run from queued to running, which the second
    # statement sees. A change in the other direction needs the lock on the simulation, which this transaction holds.
    withdrawn = move(connection, WITHDRAW, which, values={"message": "", "held_reason": None})
    flagged = connection.execute(
        update(Run)
        .where(which, stands_at(Status.RUNNING))
        .values(cancel_requested_at=func.coalesce(Run.cancel_requested_at, func.now()))
        .returning(Run.id)
    ).all()
    if withdrawn:
        count(connection, simulation_id, cancelled=len(withdrawn))
    return len(withdrawn) + len(flagged)
