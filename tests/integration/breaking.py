"""Simulations with a circuit breaker, for the tests of its opening and of what it holds."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select

from shared.db.tables import Run
from shared.spec import StopSpec, StudySpec
from shared.state.finished import Failure, Finished
from shared.state.hold import Changed, release_simulation
from tests.rows import FAILURE, Rows


def submit(rows: Rows, runs: int, count: int, *, same_cause: bool = True, owner: str = "local") -> UUID:
    spec = StudySpec(stop_after_failures=StopSpec(count, same_cause))
    return rows.submit_new(replace(rows.new_simulation(runs, owner=owner), spec=spec))


def failing(text: str) -> Finished:
    return Finished("fatal", None, Failure("fatal", text))


def release(rows: Rows, simulation: UUID) -> Changed:
    with rows.database.transaction() as connection:
        return release_simulation(connection, simulation)


def reasons(rows: Rows, simulation: UUID) -> dict[str | None, int]:
    """Number of queued runs by what they are held for."""
    with rows.database.transaction() as connection:
        held = select(Run.held_reason, func.count()).where(Run.simulation_id == simulation, Run.status == "queued")
        return {row[0]: row[1] for row in connection.execute(held.group_by(Run.held_reason))}


def trip(rows: Rows, runs: int = 6) -> tuple[UUID, list[UUID]]:
    """A simulation whose breaker its first two runs have opened."""
    simulation = submit(rows, runs, 2)
    numbers = rows.runs(simulation)
    for run in numbers[:2]:
        rows.finish(rows.start(run), FAILURE)
    assert rows.simulation(simulation).breaker_opened_at is not None
    return simulation, numbers
