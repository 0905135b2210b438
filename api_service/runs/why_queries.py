"""Reads what explains the status of one run: a fixed number of statements, each with a bounded number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select, union_all

from api_service.identity.visible import visible_one
from api_service.identity.who import Identity
from shared.db.backlog import Backlog, Place
from shared.db.tables import Audit, Run, Simulation, Worker
from shared.enums import Status, WorkerStatus
from shared.state.backlog import FIRST_RUNS
from shared.state.fleet import LOST, worker_state
from shared.state.pause import Paused, pauses
from shared.state.publication import is_published, is_waiting

#: The most runs, simulations or workers that are counted.
MOST = 1000
#: Actions of the audit log that cancel a run, written in the transaction that cancels it.
CANCELLING = ("run.cancelled", "simulation.cancelled", "queue.purged")


@dataclass(frozen=True, slots=True)
class WorkerFact:
    """A live worker of the run's engine, and why it takes no runs, if it does not."""

    host: str
    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class LaneFact:
    """Waiting runs of one simulation in the order of dispatch; of the run's band or a higher one."""

    priority: int
    owner: str
    order: tuple[int, datetime, UUID]
    runs: int


@dataclass(frozen=True, slots=True)
class QueueFacts:
    """The queue of the run's engine; at most MOST + 1 of anything is counted.

    `before_in_simulation` are waiting runs of the same simulation, `before_in_window` published runs.
    """

    pauses: Sequence[Paused]
    workers: Sequence[WorkerFact]
    lanes: Sequence[LaneFact]
    before_in_simulation: int
    before_in_window: int
    owner_active: int


def read_subject(connection: Connection, run_id: UUID, identity: Identity) -> Row[Any] | None:
    """Returns the run with owner, priority, age and holds of its simulation; None when the requester may not see it."""
    holds = (Simulation.breaker_opened_at, Simulation.breaker_cause, Simulation.waits_for)
    when = Simulation.spec["depends_on"]["when"].astext.label("waits_when")
    return connection.execute(
        select(Run.__table__, Simulation.owner, Simulation.priority, Simulation.created_at, *holds, when)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(Run.id == run_id, visible_one(identity))
    ).one_or_none()


def place_of(run: Row[Any]) -> int:
    """Returns the place of a waiting run in the backlog."""
    return int(Place.FIRST if _index(run) < FIRST_RUNS else Place.REST)


def _index(run: Row[Any]) -> int:
    # A row is a tuple, whose method `index` hides the column from the type checker.
    return int(run._mapping["index"])  # noqa: SLF001  (SQLAlchemy documents it)


def read_queue(connection: Connection, run: Row[Any], *, lease: timedelta) -> QueueFacts:
    """Returns the state of the queue that a queued run is in."""
    return QueueFacts(
        pauses=[pause for pause in pauses(connection) if pause.engine in (None, run.engine)],
        workers=_workers(connection, run.engine, lease),
        lanes=_lanes(connection, run),
        before_in_simulation=_before_in_simulation(connection, run),
        before_in_window=_before_in_window(connection, run),
        owner_active=_active(connection, run.owner),
    )


def read_canceller(connection: Connection, run: Row[Any]) -> Row[str | None, str] | None:
    """Returns owner and action of the audit entry of the run's cancellation; None when there is none (any more)."""
    # Both times are those of the transaction, so they are equal.
    at = run.cancel_requested_at or run.ended_at
    things = (f"runs/{run.id}", f"simulations/{run.simulation_id}", f"queues/{run.engine}")
    return connection.execute(
        select(Audit.owner, Audit.action)
        .where(Audit.action.in_(CANCELLING), Audit.at == at, Audit.object.in_(things))
        .limit(1)
    ).one_or_none()


def _workers(connection: Connection, engine: str, lease: timedelta) -> list[WorkerFact]:
    state = worker_state(lease)
    rows = connection.execute(
        select(Worker.host, state, Worker.reason)
        .where(Worker.engine == engine, state.not_in([WorkerStatus.STOPPED.value, LOST]))
        .order_by(Worker.started_at.desc())
        .limit(MOST)
    )
    return [WorkerFact(*row) for row in rows]


def _lanes(connection: Connection, run: Row[Any]) -> list[LaneFact]:
    key = (Backlog.priority, Backlog.owner, Backlog.place, Backlog.created_at, Backlog.simulation_id)
    rows = connection.execute(
        select(*key, Backlog.runs)
        .where(Backlog.engine == run.engine, Backlog.priority >= run.priority, Backlog.place < Place.HELD.value)
        # In the order of the index, which is read backwards.
        .order_by(*(column.desc() for column in key))
        .limit(MOST + 1)
    )
    return [LaneFact(r.priority, r.owner, (r.place, r.created_at, r.simulation_id), r.runs) for r in rows]


def _before_in_simulation(connection: Connection, run: Row[Any]) -> int:
    first = 0 if place_of(run) == Place.FIRST else FIRST_RUNS
    before = (
        select(Run.id)
        .where(
            Run.simulation_id == run.simulation_id,
            Run.engine == run.engine,
            is_waiting(),
            Run.held_reason.is_(None),
            Run.index >= first,
            Run.index < _index(run),
        )
        .limit(MOST + 1)
        .subquery()
    )
    return connection.scalar(select(func.count()).select_from(before)) or 0


def _before_in_window(connection: Connection, run: Row[Any]) -> int:
    before = select(Run.id).where(Run.engine == run.engine, is_published(), Run.id != run.id)
    if run.published_at is not None:
        before = before.where(Run.published_at < run.published_at)
    return connection.scalar(select(func.count()).select_from(before.limit(MOST + 1).subquery())) or 0


def _active(connection: Connection, owner: str) -> int:
    # From the running and published runs to their owners, as the dispatcher does: both are bounded by the fleet.
    out = (
        union_all(
            *(select(Run.simulation_id).where(held) for held in (Run.status == Status.RUNNING.value, is_published()))
        )
        .cte("out")
        .prefix_with("MATERIALIZED")
    )
    whose = select(Simulation.owner).where(Simulation.id == out.c.simulation_id).scalar_subquery()
    return connection.scalar(select(func.count()).select_from(out).where(whose == owner)) or 0
