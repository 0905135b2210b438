"""Workers in the database: registered at start, alive while they beat, shown as lost when their beats stop."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
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

#: A worker without a beat for this many lease durations is shown as lost, and its slots are not counted.
SILENT_LEASES = 2


@dataclass(frozen=True, slots=True)
class Condition:
    """Status that a worker reports; `reason` is why it is not ready."""

    status: WorkerStatus = WorkerStatus.READY
    reason: str | None = None


READY = Condition()


@dataclass(frozen=True, slots=True)
class WorkerUsage:
    """What a worker process uses, and how many attempts it has ended, by outcome."""

    memory_bytes: int
    cpu_percent: float
    ended: Mapping[str, int]


class DrainResult(Enum):
    """Result of a request to drain or resume a worker."""

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
    maker: str | None = None,
) -> None:
    """Insert the worker's row, or overwrite it when the id exists already."""
    values = {
        "host": host,
        "pid": pid,
        "version": version,
        "engine": engine,
        "concurrency": concurrency,
        "maker": maker,
        "status": condition.status.value,
        "reason": condition.reason,
        "started_at": func.now(),
        "beat_at": func.now(),
    }
    statement = insert(Worker).values(id=worker_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[Worker.id], set_=values))


def beat_worker(connection: Connection, worker_id: str, condition: Condition, usage: WorkerUsage | None = None) -> bool:
    """Record a beat of the worker with its condition and usage; returns whether it is requested to drain.

    Without `usage`, the last one stays.
    """
    said = {} if usage is None else {"usage": asdict(usage)}
    asked = connection.execute(
        update(Worker)
        .where(Worker.id == worker_id)
        .values(beat_at=func.now(), status=condition.status.value, reason=condition.reason, **said)
        .returning(Worker.drain_requested_at)
    ).scalar_one_or_none()
    return asked is not None


def drain_worker(connection: Connection, worker_id: str, *, lease: timedelta) -> DrainResult:
    """Request that a worker takes no more runs; it learns of the request at its next beat. Idempotent."""
    return _tell(connection, worker_id, func.coalesce(Worker.drain_requested_at, func.now()), lease)


def resume_worker(connection: Connection, worker_id: str, *, lease: timedelta) -> DrainResult:
    """Withdraw the request to drain. Idempotent."""
    return _tell(connection, worker_id, null(), lease)


def _tell(
    connection: Connection, worker_id: str, drain_requested_at: Function[datetime] | Null, lease: timedelta
) -> DrainResult:
    there = and_(Worker.status != WorkerStatus.STOPPED.value, ~silent(lease))
    updated = connection.execute(
        update(Worker)
        .where(Worker.id == worker_id, there)
        .values(drain_requested_at=drain_requested_at)
        .returning(Worker.id)
    ).first()
    if updated is not None:
        return DrainResult.ACCEPTED
    known = connection.scalar(select(Worker.id).where(Worker.id == worker_id))
    return DrainResult.UNKNOWN if known is None else DrainResult.GONE


#: State of a worker whose beats have stopped. Workers do not report it, so it is no `WorkerStatus`.
LOST = "lost"


def worker_state(lease: timedelta) -> ColumnElement[str]:
    """SQL expression for the displayed state of a worker: the last reported status, corrected for lost and draining."""
    gone = and_(Worker.status != WorkerStatus.STOPPED.value, silent(lease))
    # The worker itself reports "draining" only from its next beat on.
    asked = and_(Worker.status == WorkerStatus.READY.value, Worker.drain_requested_at.is_not(None))
    return case((gone, literal(LOST)), (asked, literal(WorkerStatus.DRAINING.value)), else_=Worker.status)


def silent(lease: timedelta) -> ColumnElement[bool]:
    """SQL condition: the worker's last beat is older than SILENT_LEASES leases."""
    return Worker.beat_at <= func.now() - lease * SILENT_LEASES


def slots(connection: Connection, *, lease: timedelta) -> dict[str, int]:
    """Number of slots by engine: runs that the workers which take runs can execute at once."""
    rows = connection.execute(
        select(Worker.engine, func.sum(Worker.concurrency))
        .where(Worker.status == WorkerStatus.READY.value, Worker.drain_requested_at.is_(None), ~silent(lease))
        .group_by(Worker.engine)
    )
    return {row[0]: int(row[1]) for row in rows}


def forget_silent(connection: Connection, *, older_than: timedelta) -> int:
    """Delete workers without a beat for `older_than`; returns how many."""
    return connection.execute(delete(Worker).where(Worker.beat_at < func.now() - older_than)).rowcount
