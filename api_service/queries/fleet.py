"""Workers and queues as Postgres knows them; what RabbitMQ knows is asked elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, case, func, literal, select

from shared.db.tables import Run, Worker
from shared.state.fleet import SILENT_LEASES, slots
from shared.words import Status


@dataclass(frozen=True, slots=True)
class WorkerView:
    """One worker process; `running` is how many runs it has."""

    id: str
    host: str
    pid: int
    engine: str
    concurrency: int
    version: str
    status: str
    running: int
    started_at: datetime
    beat_at: datetime


@dataclass(frozen=True, slots=True)
class QueueView:
    """The runs of one engine; `published` of the queued ones have been handed to RabbitMQ."""

    engine: str
    queued: int
    published: int
    running: int
    slots: int


def list_workers(connection: Connection, *, lease: timedelta) -> list[WorkerView]:
    """All workers that have not been forgotten, the newest first; silent for two leases means lost."""
    running = (
        select(Run.worker_id, func.count().label("runs"))
        .where(Run.status == Status.RUNNING.value)
        .group_by(Run.worker_id)
        .subquery()
    )
    silent = and_(Worker.status != "stopped", Worker.beat_at < func.now() - lease * SILENT_LEASES)
    rows = connection.execute(
        select(
            Worker.id,
            Worker.host,
            Worker.pid,
            Worker.engine,
            Worker.concurrency,
            Worker.version,
            case((silent, literal("lost")), else_=Worker.status),
            func.coalesce(running.c.runs, 0),
            Worker.started_at,
            Worker.beat_at,
        )
        .outerjoin(running, running.c.worker_id == Worker.id)
        .order_by(Worker.started_at.desc(), Worker.id)
    )
    return [WorkerView(*row) for row in rows]


def list_queues(connection: Connection, engines: Collection[str], *, lease: timedelta) -> list[QueueView]:
    """The queues of `engines` and of every other engine that has open runs or live workers, by version."""
    queued = Run.status == Status.QUEUED.value
    rows = connection.execute(
        select(
            Run.engine,
            func.count().filter(queued),
            func.count().filter(queued, Run.published_at.is_not(None)),
            func.count().filter(Run.status == Status.RUNNING.value),
        )
        .where(Run.status.in_((Status.QUEUED.value, Status.RUNNING.value)))
        .group_by(Run.engine)
    )
    counted = {row[0]: (row[1], row[2], row[3]) for row in rows}
    room = slots(connection, lease=lease)
    names = sorted({*engines, *counted, *room})
    return [QueueView(name, *counted.get(name, (0, 0, 0)), room.get(name, 0)) for name in names]
