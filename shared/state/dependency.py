"""Simulations that wait for another one: their runs are submitted as held; the scheduler lets them go, or cancels them.

What the runs of a simulation wait for is in its row, and the outcome of the other simulation in that one's. So a
process that is killed loses nothing, and the next pass goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, or_, select, update
from sqlalchemy.orm import aliased

from shared.db.conditions import checked
from shared.db.database import Database
from shared.db.tables import Run, Simulation
from shared.enums import HeldReason, Status
from shared.spec import END, DependencySpec, StudySpec
from shared.state.cancel import cancel_simulation, withdraw_others
from shared.state.chunks import chunks, in_chunk
from shared.state.held_runs import held_for, hold_runs, let_go
from shared.state.writer import lock_simulation, record, stands_at, wake_dispatcher

#: Simulations of one pass; the next pass goes on.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The simulation that another one depends on."""

    succeeded: int
    total: int
    has_ended: bool


def settled(connection: Connection) -> Sequence[UUID]:
    """Up to BATCH waiting simulations of which the other simulation has ended, or is gone."""
    other = aliased(Simulation)
    return connection.scalars(
        select(Simulation.id)
        .outerjoin(other, other.id == Simulation.waits_for)
        .where(
            Simulation.waits_for.is_not(None),
            Simulation.ended_at.is_(None),
            checked(Simulation.cancel_requested_at.is_(None)),
            checked(
                or_(Simulation.dependency_met_at.is_not(None), other.ended_at.is_not(None), other.id.is_(None)),
            ),
        )
        .limit(BATCH)
    ).all()


def settle(database: Database, simulation_id: UUID) -> None:
    """Let the runs of a waiting simulation go when the other one has ended as asked; cancel them when it has not.

    Raises DatabaseAway.
    """
    with database.transaction() as connection:
        waiting = _waiting(connection, simulation_id)
        if waiting is None:
            return
        is_met = waiting.dependency_met_at is not None or _decide(connection, waiting)
    if is_met is None:
        return
    if is_met:
        _release(database, simulation_id, waiting.total)
    else:
        withdraw_others(database, simulation_id)


def read_predecessor(connection: Connection, simulation_id: UUID) -> Predecessor | None:
    """How far a simulation is that another one depends on; None when its rows have been deleted."""
    columns = (Simulation.succeeded, Simulation.total, Simulation.ended_at)
    row = connection.execute(select(*columns).where(Simulation.id == simulation_id)).one_or_none()
    return None if row is None else Predecessor(row.succeeded, row.total, row.ended_at is not None)


def unmet(asked: DependencySpec, predecessor: Predecessor | None) -> str | None:
    """Why a simulation that has ended, or is gone, has not ended as asked; None when it has."""
    if asked.when == END:
        return None
    which = f"Simulation {asked.simulation}, which had to succeed first,"
    if predecessor is None:
        return f"{which} has been deleted"
    if predecessor.succeeded == predecessor.total:
        return None
    return f"{which} has ended with {predecessor.succeeded} of its {predecessor.total} runs succeeded"


def _decide(connection: Connection, waiting: Row[Any]) -> bool | None:
    """Write, once and for all, whether the other simulation has ended as asked; None when it has not ended."""
    predecessor = read_predecessor(connection, waiting.waits_for)
    if predecessor is not None and not predecessor.has_ended:
        # A user has tried its failed runs again meanwhile.
        return None
    asked = StudySpec.from_json(waiting.spec).depends_on
    if asked is not None and (error := unmet(asked, predecessor)) is not None:
        _give_up(connection, waiting.id, error)
        return False
    connection.execute(update(Simulation).where(Simulation.id == waiting.id).values(dependency_met_at=func.now()))
    record(connection, waiting.id, "simulation.dependency_met")
    return True


def _give_up(connection: Connection, simulation_id: UUID, error: str) -> None:
    # Cancelled like by a user, so that no run of it starts from now on, and the scheduler completes it.
    connection.execute(
        update(Simulation).where(Simulation.id == simulation_id).values(waits_for=None, dependency_error=error)
    )
    record(connection, simulation_id, "simulation.dependency_failed", reason=error)
    cancel_simulation(connection, simulation_id)


def _release(database: Database, simulation_id: UUID, total: int) -> None:
    for first in chunks(total):
        with database.transaction() as connection:
            if (waiting := _waiting(connection, simulation_id)) is None:
                return
            mine = (
                in_chunk(simulation_id, first),
                stands_at(Status.QUEUED),
                checked(Run.held_reason == HeldReason.DEPENDENCY.value),
            )
            # Runs of an earlier chunk may have opened the circuit breaker.
            if (reason := held_for(waiting.held_at, waiting.breaker_opened_at)) is not None:
                hold_runs(connection, reason, *mine)
            else:
                let_go(connection, *mine)
                wake_dispatcher(connection)
    with database.transaction() as connection:
        if _waiting(connection, simulation_id) is not None:
            connection.execute(update(Simulation).where(Simulation.id == simulation_id).values(waits_for=None))


def _waiting(connection: Connection, simulation_id: UUID) -> Row[Any] | None:
    """Lock the simulation; returns it if it still waits."""
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.waits_for is None:
        return None
    return simulation if simulation.cancel_requested_at is None and simulation.ended_at is None else None
