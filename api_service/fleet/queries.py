"""Workers and queues according to Postgres; `api_service.http.broker_view` reads the state of RabbitMQ."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, or_, select

from shared.db.tables import Backlog, Run, Worker
from shared.enums import Status
from shared.state.fleet import slots, worker_state
from shared.state.pause import pauses
from shared.state.publication import is_published


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One worker process; `running` is the number of its runs, `reason` why it cannot carry out runs.

    `usage` is what its last beat said about its process; None for a worker of an older version.
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
    room = slots(connection, lease=lease)
    paused = {pause.engine: pause for pause in pauses(connection)}
    names = sorted({*engines, *counted, *room, *(engine for engine in paused if engine is not None)})
    views = []
    for name in names:
        pause = paused.get(name) or paused.get(None)
        brake = (False, None, None) if pause is None else (True, pause.reason, pause.since)
        views.append(QueueView(name, *counted.get(name, (0, 0, 0)), room.get(name, 0), *brake))
    return views


def _by_engine(connection: Connection, *conditions: ColumnElement[bool]) -> dict[str, int]:
    rows = connection.execute(select(Run.engine, func.count()).where(*conditions).group_by(Run.engine))
    return {row[0]: row[1] for row in rows}
