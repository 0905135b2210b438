"""Workers and queues according to Postgres; `api_service.http.broker_view` reads the state of RabbitMQ."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Connection, String, func, literal, or_, select, true, union_all

from api_service.identity.visible import visible_one
from api_service.identity.who import Identity
from shared.db.backlog import Place
from shared.db.tables import Backlog, Run, Simulation, Worker
from shared.enums import Status
from shared.state.fleet import slots, worker_state
from shared.state.pause import pauses
from shared.state.publication import is_published, is_waiting

#: Simulations whose oldest run is looked at, the earliest submitted first: a retry queues runs later than that.
LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class WorkerRun:
    """A run that a worker is executing."""

    id: UUID
    simulation_id: UUID
    index: int
    model: str
    weather: str
    progress: int
    started_at: datetime


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One worker process; `running` is the number of its runs, `reason` why it cannot carry out runs.

    `usage` is what its last beat said about its process; None for a worker of an older version. `runs` are those of its
    runs that the requester may see.
    """

    id: str
    host: str
    pid: int
    engine: str
    concurrency: int
    version: str
    status: str
    reason: str | None
    running: int
    started_at: datetime
    beat_at: datetime
    drain_requested_at: datetime | None
    usage: Mapping[str, Any] | None
    runs: Sequence[WorkerRun] = ()


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue of one engine; `published` counts those of its `queued` runs that were sent to RabbitMQ.

    `reason` and `since` describe the pause of this engine or, without one, the pause of the whole fleet.
    """

    engine: str
    queued: int
    published: int
    running: int
    slots: int
    oldest_queued_at: datetime | None
    paused: bool
    reason: str | None
    since: datetime | None


def list_workers(connection: Connection, *, lease: timedelta, worker_id: str | None = None) -> list[WorkerView]:
    """Returns all registered workers, newest first, or only `worker_id`; no beat for two leases means lost."""
    running = (
        select(Run.worker_id, func.count().label("runs"))
        .where(Run.status == Status.RUNNING.value)
        .group_by(Run.worker_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            Worker.id,
            Worker.host,
            Worker.pid,
            Worker.engine,
            Worker.concurrency,
            Worker.version,
            worker_state(lease),
            Worker.reason,
            func.coalesce(running.c.runs, 0),
            Worker.started_at,
            Worker.beat_at,
            Worker.drain_requested_at,
            Worker.usage,
        )
        .outerjoin(running, running.c.worker_id == Worker.id)
        .where(or_(literal(worker_id is None), Worker.id == worker_id))
        .order_by(Worker.started_at.desc(), Worker.id)
    )
    return [WorkerView(*row) for row in rows]


def list_workers_with_runs(
    connection: Connection, identity: Identity, *, lease: timedelta, worker_id: str | None = None
) -> list[WorkerView]:
    """Returns the same workers with those of their runs that the requester may see."""
    runs = _running_runs(connection, identity)
    found = list_workers(connection, lease=lease, worker_id=worker_id)
    return [replace(worker, runs=runs.get(worker.id, ())) for worker in found]


def list_queues(connection: Connection, engines: Collection[str], *, lease: timedelta) -> list[QueueView]:
    """Returns the queues of `engines` and of other engines with open runs, live workers or a pause, by version."""
    sums = connection.execute(select(Backlog.engine, func.sum(Backlog.runs)).group_by(Backlog.engine))
    waiting = {row[0]: int(row[1]) for row in sums}
    published = _by_engine(connection, is_published())
    running = _by_engine(connection, Run.status == Status.RUNNING.value)
    counted = {
        engine: (
            waiting.get(engine, 0) + published.get(engine, 0),
            published.get(engine, 0),
            running.get(engine, 0),
        )
        for engine in {*waiting, *published, *running}
    }
    oldest = _oldest(connection, waiting)
    room = slots(connection, lease=lease)
    paused = {pause.engine: pause for pause in pauses(connection)}
    names = sorted({*engines, *counted, *room, *(engine for engine in paused if engine is not None)})
    views = []
    for name in names:
        pause = paused.get(name) or paused.get(None)
        brake = (False, None, None) if pause is None else (True, pause.reason, pause.since)
        runs = counted.get(name, (0, 0, 0))
        views.append(QueueView(name, *runs, room.get(name, 0), oldest.get(name), *brake))
    return views


def _by_engine(connection: Connection, *conditions: ColumnElement[bool]) -> dict[str, int]:
    rows = connection.execute(select(Run.engine, func.count()).where(*conditions).group_by(Run.engine))
    return {row[0]: row[1] for row in rows}


def runs_of_letters(connection: Connection, ids: Collection[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Returns simulation and status of the runs of `ids` that exist."""
    rows = connection.execute(select(Run.id, Run.simulation_id, Run.status).where(Run.id.in_(ids)))
    return {run_id: (simulation_id, status) for run_id, simulation_id, status in rows}


def _running_runs(connection: Connection, identity: Identity) -> Mapping[str, Sequence[WorkerRun]]:
    # All running runs first, at most as many as the fleet has slots: their simulations may have many more.
    columns = (Run.id, Run.simulation_id, Run.index, Run.model, Run.weather, Run.progress, Run.started_at)
    running = select(*columns, Run.worker_id).where(Run.status == Status.RUNNING.value)
    active = running.cte("active").prefix_with("MATERIALIZED")
    rows = connection.execute(
        select(active)
        .join(Simulation, Simulation.id == active.c.simulation_id)
        .where(visible_one(identity))
        .order_by(active.c.started_at, active.c.id)
    )
    found: dict[str, list[WorkerRun]] = defaultdict(list)
    for *run, worker_id in rows:
        found[worker_id].append(WorkerRun(*run))
    return found


def _oldest(connection: Connection, engines: Collection[str]) -> dict[str, datetime]:
    """Returns since when the run waits that has waited longest, by engine, without held runs."""
    named = select(func.unnest(literal(list(engines), ARRAY(String))).label("engine")).subquery("named")
    early = (
        select(Backlog.simulation_id)
        .where(Backlog.engine == named.c.engine, Backlog.place != Place.HELD.value)
        .order_by(Backlog.created_at)
        .limit(LOOKED_AT)
        .lateral("early")
    )
    # The run that is sent last has waited as long as any other of its simulation.
    last = (
        select(Run.queued_at)
        .where(Run.simulation_id == early.c.simulation_id, Run.engine == named.c.engine, is_waiting())
        .order_by(Run.index.desc())
        .limit(1)
        .lateral("last")
    )
    waiting = select(named.c.engine, last.c.queued_at).select_from(named.join(early, true()).join(last, true()))
    both = union_all(waiting, select(Run.engine, Run.queued_at).where(is_published())).subquery("both")
    rows = connection.execute(select(both.c.engine, func.min(both.c.queued_at)).group_by(both.c.engine))
    return {row[0]: row[1] for row in rows}
