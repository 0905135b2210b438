"""The workers as the database knows them: registered at start, alive while they beat, lost when they fall silent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import (
    ColumnElement,
    Connection,
    Function,
    Null,
    and_,
    case,
    delete,
    func,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from shared.db.tables import Worker
from shared.enums import WorkerStatus

#: A worker is shown as lost, and its slots are not counted, after this many silent leases.
SILENT_LEASES = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """What a worker says of itself; `reason` is why it is not ready."""

    status: WorkerStatus = WorkerStatus.READY
    reason: str | None = None


READY = Condition()


class DrainResult(Enum):
    """What came of telling a worker something."""

    ACCEPTED = auto()
    GONE = auto()
    UNKNOWN = auto()


def register(
    connection: Connection,
    *,
    worker_id: str,
    host: str,
    pid: int,
    version: str,
    engine: str,
    concurrency: int,
    condition: Condition = READY,
) -> None:
    """Enter a worker."""
    values = {
        "host": host,
        "pid": pid,
        "version": version,
        "engine": engine,
        "concurrency": concurrency,
        "status": condition.status.value,
        "reason": condition.reason,
        "started_at": func.now(),
        "beat_at": func.now(),
    }
    statement = insert(Worker).values(id=worker_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[Worker.id], set_=values))


def beat_worker(connection: Connection, worker_id: str, condition: Condition) -> bool:
    """Say that the worker lives and how it is; whether it is asked to take no more runs."""
    asked = connection.execute(
        update(Worker)
        .where(Worker.id == worker_id)
        .values(beat_at=func.now(), status=condition.status.value, reason=condition.reason)
        .returning(Worker.drain_requested_at)
    ).scalar_one_or_none()
    return asked is not None


def drain_worker(connection: Connection, worker_id: str, *, lease: timedelta) -> DrainResult:
    """Ask a worker to take no more runs; it learns of it with its next beat. Again is the same as once."""
    return _tell(connection, worker_id, func.coalesce(Worker.drain_requested_at, func.now()), lease)


def resume_worker(connection: Connection, worker_id: str, *, lease: timedelta) -> DrainResult:
    """Take that back."""
    return _tell(connection, worker_id, null(), lease)


def _tell(
    connection: Connection, worker_id: str, drain_requested_at: Function[datetime] | Null, lease: timedelta
) -> DrainResult:
    there = and_(Worker.status != WorkerStatus.STOPPED.value, ~silent(lease))
    told = connection.execute(
        update(Worker)
        .where(Worker.id == worker_id, there)
        .values(drain_requested_at=drain_requested_at)
        .returning(Worker.id)
    ).first()
    if told is not None:
        return DrainResult.ACCEPTED
    known = connection.scalar(select(Worker.id).where(Worker.id == worker_id))
    return DrainResult.UNKNOWN if known is None else DrainResult.GONE


#: The state of a worker that has fallen silent; it says nothing, so it is no `WorkerStatus`.
LOST = "lost"


def worker_state(lease: timedelta) -> ColumnElement[str]:
    """The state of a worker as everybody is shown it: what it said last, unless more is known by now."""
    gone = and_(Worker.status != WorkerStatus.STOPPED.value, silent(lease))
    # Until its next beat the worker does not know yet.
    asked = and_(Worker.status == WorkerStatus.READY.value, Worker.drain_requested_at.is_not(None))
    return case((gone, literal(LOST)), (asked, literal(WorkerStatus.DRAINING.value)), else_=Worker.status)


def silent(lease: timedelta) -> ColumnElement[bool]:
    """Whether a worker has not been heard of for too long."""
    return Worker.beat_at <= func.now() - lease * SILENT_LEASES


def slots(connection: Connection, *, lease: timedelta) -> dict[str, int]:
    """How many runs the workers of each engine that take runs can have at once."""
    rows = connection.execute(
        select(Worker.engine, func.sum(Worker.concurrency))
        .where(Worker.status == WorkerStatus.READY.value, Worker.drain_requested_at.is_(None), ~silent(lease))
        .group_by(Worker.engine)
    )
    return {row[0]: int(row[1]) for row in rows}


def forget_silent(connection: Connection, *, older_than: timedelta) -> int:
    """Delete workers that have not beaten for `older_than`; how many."""
    return connection.execute(delete(Worker).where(Worker.beat_at < func.now() - older_than)).rowcount
