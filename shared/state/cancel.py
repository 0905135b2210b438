"""Cancellation: queued runs end at once; running ones are flagged, and their worker kills them after its next beat.

A simulation may have any number of queued runs. They end chunk by chunk, each chunk in a transaction of its own, so
that workers which end its other runs need not wait. From the first transaction on no run of it starts (`claim.py`).
When the process is killed meanwhile, the scheduler goes on with what is `unfinished`.
"""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select, update

from shared.db.database import Database
from shared.db.tables import Run, Simulation
from shared.enums import Status
from shared.state.caps import running_simulations
from shared.state.chunks import CHUNK
from shared.state.transitions import CANCEL_SIMULATION, WITHDRAW
from shared.state.writer import count, lock_simulation, move, move_chunk, move_simulation, record

WITHDRAWN: dict[str, Any] = {"message": "", "held_reason": None}
#: Code of the error of runs whose simulation depended on one that did not end as asked.
DEPENDENCY_FAILED = "dependency_failed"


class Cancelled(Enum):
    """Result of a request to cancel."""

    ACCEPTED = auto()
    ALREADY_ENDED = auto()
    UNKNOWN = auto()


def cancel_simulation(connection: Connection, simulation_id: UUID) -> Cancelled:
    """Cancel all runs of a simulation that have not ended. Idempotent.

    Of the queued ones the first CHUNK end; `withdraw_others` ends the others, after this transaction.
    """
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.deleted_at is not None:
        return Cancelled.UNKNOWN
    if simulation.ended_at is not None:
        return Cancelled.ALREADY_ENDED
    if simulation.cancel_requested_at is None:
        move_simulation(connection, CANCEL_SIMULATION, simulation_id, values={"cancel_requested_at": func.now()})
        record(connection, simulation_id, "simulation.cancel_requested")
    _withdraw(connection, simulation, 0)
    return Cancelled.ACCEPTED


def withdraw_others(database: Database, simulation_id: UUID, first: int | None = None) -> None:
    """End the queued runs of a cancelled simulation from `first` on; without it, those that `cancel_simulation` leaves.

    Raises DatabaseAway.
    """
    first = CHUNK if first is None else first
    while True:
        with database.transaction() as connection:
            simulation = lock_simulation(connection, simulation_id)
            # A retry, after the last run has ended, takes the cancellation back.
            if simulation is None or simulation.cancel_requested_at is None or simulation.ended_at is not None:
                return
            if first >= simulation.total:
                return
            _withdraw(connection, simulation, first)
        first += CHUNK


def unfinished(connection: Connection) -> Sequence[UUID]:
    """Cancelled simulations that have queued runs."""
    running = running_simulations()
    alive = select(func.count()).where(running.c.simulation_id == Simulation.id).scalar_subquery()
    left = Simulation.total - Simulation.succeeded - Simulation.failed - Simulation.cancelled
    return connection.scalars(
        select(Simulation.id).where(
            Simulation.cancel_requested_at.is_not(None), Simulation.ended_at.is_(None), left > alive
        )
    ).all()


def cancel_run(connection: Connection, run_id: UUID) -> Cancelled:
    """Cancel one run; the other runs of its simulation continue."""
    simulation_id = connection.scalar(select(Run.simulation_id).where(Run.id == run_id))
    simulation = lock_simulation(connection, simulation_id) if simulation_id is not None else None
    if simulation is None or simulation.deleted_at is not None:
        return Cancelled.UNKNOWN
    # Queued runs first: a claim that commits in between changes a run from queued to running, which the second
    # statement sees. A change in the other direction needs the lock on the simulation, which this transaction holds.
    withdrawn = len(move(connection, WITHDRAW, Run.id == run_id, values=WITHDRAWN))
    flagged = _flag(connection, Run.id == run_id)
    if withdrawn:
        count(connection, simulation.id, cancelled=withdrawn)
    return Cancelled.ACCEPTED if withdrawn + flagged else Cancelled.ALREADY_ENDED


def _withdraw(connection: Connection, simulation: Row[Any], first: int) -> None:
    # In the order that `cancel_run` explains.
    withdrawn = move_chunk(connection, WITHDRAW, simulation.id, first, values=_withdrawn(simulation))
    _flag(connection, and_(Run.simulation_id == simulation.id, Run.cancel_requested_at.is_(None)))
    if withdrawn:
        count(connection, simulation.id, cancelled=withdrawn)


def _withdrawn(simulation: Row[Any]) -> dict[str, Any]:
    if simulation.dependency_error is None:
        return WITHDRAWN
    return {**WITHDRAWN, "error_code": DEPENDENCY_FAILED, "error_message": simulation.dependency_error}


def _flag(connection: Connection, which: ColumnElement[bool]) -> int:
    return connection.execute(
        update(Run)
        .where(which, Run.status == Status.RUNNING.value)
        .values(cancel_requested_at=func.coalesce(Run.cancel_requested_at, func.now()))
    ).rowcount
