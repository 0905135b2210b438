"""Simulations that wait for another one: their runs are submitted as held; the scheduler lets them go, or cancels them.

What the runs of a simulation wait for is in its row, and the outcome of the other simulation in that one's. So a
process that is killed loses nothing, and the next pass goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, Connection, Row, and_, func, lateral, select, true, union, update
from sqlalchemy.orm import aliased

from shared.db.conditions import checked
from shared.db.database import Database
from shared.db.tables import Run, Simulation
from shared.enums import HeldReason, Status
from shared.spec import END, DependencySpec, StudySpec
from shared.state.cancel import cancel_simulation
from shared.state.chunks import in_chunk, next_chunk
from shared.state.held_runs import held_for, hold_runs, let_go
from shared.state.writer import lock_simulation, record, stands_at, wake_dispatcher

#: Simulations of one pass; the next pass goes on.
BATCH = 100

#: Simulations that wait, and have not ended.
_OPEN = (Simulation.waits_for.is_not(None), Simulation.ended_at.is_(None))
#: Those of them whose runs have to go on; a filter, so that the planner takes no other index.
_WAITS = and_(*_OPEN, checked(Simulation.cancel_requested_at.is_(None)))


@dataclass(frozen=True, slots=True)
class Predecessor:
    """The simulation that another one depends on."""

    succeeded: int
    total: int
    has_ended: bool


def settled(connection: Connection) -> Sequence[UUID]:
    """Up to BATCH waiting simulations of which the other simulation has ended, or is gone.

    The cost grows with the number of simulations that others wait for, not with the number of those that wait.
    """
    awaited = _awaited()
    other = aliased(Simulation)
    # A scalar subquery per row, so that the planner uses the primary key whatever its statistics say.
    is_open = select(other.ended_at.is_(None)).where(other.id == awaited.c.waits_for).scalar_subquery()
    of_one = lateral(select(Simulation.id).where(_WAITS, Simulation.waits_for == awaited.c.waits_for).limit(BATCH))
    ended = (
        select(of_one.c.id).select_from(awaited).join(of_one, true()).where(func.coalesce(is_open, False).is_(False))
    )
    decided = select(Simulation.id).where(_WAITS, Simulation.dependency_met_at.is_not(None))
    return connection.scalars(union(decided, ended).limit(BATCH)).all()


def decide(database: Database, simulation_id: UUID) -> bool:
    """Whether the runs of a waiting simulation may go; it is cancelled when the other one has not ended as asked.

    Raises DatabaseAway.
    """
    with database.transaction() as connection:
        waiting = _waiting(connection, simulation_id)
        if waiting is None:
            return False
        return waiting.dependency_met_at is not None or _decide(connection, waiting)


def release_chunk(database: Database, simulation_id: UUID, first: int) -> int | None:
    """Let the runs of a waiting simulation go whose chunk begins with the index `first`; returns the next chunk's.

    The last chunk, for which None is returned, ends the waiting. Raises DatabaseAway.
    """
    with database.transaction() as connection:
        if (waiting := _waiting(connection, simulation_id)) is None:
            return None
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
        if (after := next_chunk(first)) < waiting.total:
            return after
        connection.execute(update(Simulation).where(Simulation.id == simulation_id).values(waits_for=None))
        return None


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


def _decide(connection: Connection, waiting: Row[Any]) -> bool:
    """Write, once and for all, whether the other simulation has ended as asked; False also when it has not ended."""
    predecessor = read_predecessor(connection, waiting.waits_for)
    if predecessor is not None and not predecessor.has_ended:
        # A user has tried its failed runs again meanwhile.
        return False
    asked = StudySpec.from_json(waiting.spec).depends_on
    if asked is not None and (error := unmet(asked, predecessor)) is not None:
        _give_up(connection, waiting.id, error)
        return False
    connection.execute(update(Simulation).where(Simulation.id == waiting.id).values(dependency_met_at=func.now()))
    record(connection, waiting.id, "simulation.dependency_met")
    return True


def _give_up(connection: Connection, simulation_id: UUID, error: str) -> None:
    # Cancelled as by a user, so that no run of it starts from now on, and `cancellations` completes it.
    connection.execute(
        update(Simulation).where(Simulation.id == simulation_id).values(waits_for=None, dependency_error=error)
    )
    record(connection, simulation_id, "simulation.dependency_failed", reason=error)
    cancel_simulation(connection, simulation_id)


def _awaited() -> CTE:
    """Every simulation that others wait for, each found by one step through the index (a loose index scan)."""
    waits_for = Simulation.waits_for.label("waits_for")
    first = select(waits_for).where(*_OPEN).order_by(Simulation.waits_for).limit(1).subquery()
    awaited = select(first).cte("awaited", recursive=True)
    after = lateral(
        select(waits_for)
        .where(*_OPEN, Simulation.waits_for > awaited.c.waits_for)
        .order_by(Simulation.waits_for)
        .limit(1)
    )
    return awaited.union_all(select(after.c.waits_for).select_from(awaited).join(after, true()))


def _waiting(connection: Connection, simulation_id: UUID) -> Row[Any] | None:
    """Lock the simulation; returns it if it still waits."""
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.waits_for is None:
        return None
    return simulation if simulation.cancel_requested_at is None and simulation.ended_at is None else None
