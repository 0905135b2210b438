"""The fleet's brake: while an engine is paused its runs are neither sent nor claimed; those that run go on.

The API sets and takes back pauses. The dispatcher asks before it fills, the claim in the very UPDATE that would start
the run: a message that is out already is refused, and goes.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, exists, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute

from shared.db.tables import Pause, Run
from shared.state.publication import is_published, take_back
from shared.state.writer import wake_dispatcher

#: Stands for every engine, those to come included.
EVERY = "*"


@dataclass(frozen=True, slots=True)
class Paused:
    """One pause; the engine is None when it is about all of them."""

    engine: str | None
    reason: str | None
    since: datetime


def pause(connection: Connection, engine: str | None = None, reason: str | None = None) -> None:
    """Let no run of `engine` start, or none at all. Again is the same as once, but for a newer reason."""
    statement = insert(Pause).values(engine=engine or EVERY, reason=reason)
    kept = func.coalesce(statement.excluded.reason, Pause.reason)
    connection.execute(statement.on_conflict_do_update(index_elements=[Pause.engine], set_={"reason": kept}))
    _forget_messages(connection, engine)


def resume(connection: Connection, engine: str | None = None) -> None:
    """Take back the pause of `engine`, or every pause there is; what was queued meanwhile goes its usual way."""
    which = Pause.engine == engine if engine is not None else true()
    if connection.execute(delete(Pause).where(which)).rowcount:
        _forget_messages(connection, engine)
        wake_dispatcher(connection)


def pauses(connection: Connection) -> list[Paused]:
    """Every pause there is, that of all engines first."""
    rows = connection.execute(select(Pause.engine, Pause.reason, Pause.since).order_by(Pause.engine))
    return [Paused(None if row.engine == EVERY else row.engine, row.reason, row.since) for row in rows]


def is_paused(connection: Connection, engine: str) -> bool:
    """Whether no run of `engine` may start."""
    return bool(connection.scalar(select(exists().where(or_(Pause.engine == engine, Pause.engine == EVERY)))))


def paused(engine: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The same as a condition on a row that has an engine."""
    return exists().where(or_(Pause.engine == engine, Pause.engine == EVERY))


def _forget_messages(connection: Connection, engine: str | None) -> None:
    """Count no message as out: during a pause they are refused one by one, and nobody would look for them."""
    which = Run.engine == engine if engine is not None else true()
    take_back(connection, is_published(), which)
