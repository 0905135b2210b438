"""The workers as the database knows them: registered at start, alive while they beat, lost when they fall silent."""

from datetime import timedelta

from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from shared.db.tables import Worker

#: A worker is shown as lost, and its slots are not counted, after this many silent leases.
SILENT_LEASES = 2


def register(
    connection: Connection, *, worker_id: str, host: str, pid: int, version: str, engine: str, concurrency: int
) -> None:
    """Enter a worker that is ready to take runs."""
    values = {
        "host": host,
        "pid": pid,
        "version": version,
        "engine": engine,
        "concurrency": concurrency,
        "status": "ready",
        "started_at": func.now(),
        "beat_at": func.now(),
    }
    statement = insert(Worker).values(id=worker_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=[Worker.id], set_=values))


def beat_worker(connection: Connection, worker_id: str, status: str) -> None:
    """Say that the worker lives and whether it is `ready`, `draining` or `stopped`."""
    connection.execute(update(Worker).where(Worker.id == worker_id).values(beat_at=func.now(), status=status))


def slots(connection: Connection, *, lease: timedelta) -> dict[str, int]:
    """How many runs the live workers of each engine can have at once."""
    rows = connection.execute(
        select(Worker.engine, func.sum(Worker.concurrency))
        .where(Worker.status == "ready", Worker.beat_at > func.now() - lease * SILENT_LEASES)
        .group_by(Worker.engine)
    )
    return {row[0]: int(row[1]) for row in rows}


def forget_silent(connection: Connection, *, older_than: timedelta) -> int:
    """Delete workers that have not beaten for `older_than`; how many."""
    return connection.execute(delete(Worker).where(Worker.beat_at < func.now() - older_than)).rowcount
