"""Pauses: runs of a paused engine are neither published nor claimed; running ones continue.

The API creates and deletes pauses. The dispatcher checks for them before it fills a window, and the claim in the same
UPDATE that would start the run, so a message that was published before the pause is consumed without effect.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from shared.db.tables import Pause, Run
from shared.state.publication import is_published, take_back
from shared.state.writer import wake_dispatcher

#: Value of `Pause.engine` for all engines, including those added later.
EVERY = "*"


@dataclass(frozen=True, slots=True)
class Paused:
    """One pause; `engine` is None when it applies to all engines."""

    engine: str | None
    reason: str | None
    since: datetime


def pause(connection: Connection, engine: str | None = None, reason: str | None = None) -> None:
    """Pause `engine`, or all engines when it is None. Idempotent; a new `reason` replaces the old one."""
    statement = insert(Pause).values(engine=engine or EVERY, reason=reason)
    kept = func.coalesce(statement.excluded.reason, Pause.reason)
    connection.execute(statement.on_conflict_do_update(index_elements=[Pause.engine], set_={"reason": kept}))
    _forget_messages(connection, engine)


def resume(connection: Connection, engine: str | None = None) -> None:
    """Delete the pause of `engine`, or all pauses when it is None, and wake the dispatcher. Idempotent."""
    which = Pause.engine == engine if engine is not None else true()
    if connection.execute(delete(Pause).where(which)).rowcount:
        _forget_messages(connection, engine)
        wake_dispatcher(connection)


def pauses(connection: Connection) -> list[Paused]:
    """All pauses, the one for all engines first."""
    rows = connection.execute(select(Pause.engine, Pause.reason, Pause.since).order_by(Pause.engine))
    return [Paused(None if row.engine == EVERY else row.engine, row.reason, row.since) for row in rows]


def is_paused(connection: Connection, engine: str) -> bool:
    """Whether `engine` is paused, by itself or together with all engines."""
    return bool(connection.scalar(select(exists().where(or_(Pause.engine == engine, Pause.engine == EVERY)))))


def paused(engine: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """SQL condition: the engine in the column `engine` is paused."""
    return exists().where(or_(Pause.engine == engine, Pause.engine == EVERY))


def _forget_messages(connection: Connection, engine: str | None) -> None:
    """Mark the published runs as unpublished: during a pause their messages are consumed without effect.

    Nothing else would do it, because the search for lost messages skips paused engines.
    """
    which = Run.engine == engine if engine is not None else true()
    take_back(connection, is_published(), which)
