"""Whether a message is out for a queued run: the predicates, and taking the mark off again.

`published_at` is the mark. A run without it waits in Postgres, one with it is in its engine's window.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, update

from shared.db.conditions import checked
from shared.db.tables import Run
from shared.enums import Status

#: The mark taken off, as values of an update that does more.
UNPUBLISHED: dict[str, Any] = {"published_at": None}


def is_waiting() -> ColumnElement[bool]:
    """That a run is queued and no message is out for it."""
    return and_(Run.status == Status.QUEUED.value, Run.published_at.is_(None))


def is_published() -> ColumnElement[bool]:
    """That a run is queued and its message is out."""
    return and_(Run.status == Status.QUEUED.value, Run.published_at.is_not(None))


def take_back(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[UUID]:
    """Let the dispatcher send the messages of these runs again; which runs. Those that are not queued are left alone.

    `conditions` lead to the rows: a key, or `is_published()` for all that are out.
    """
    statement = update(Run).where(checked(Run.status == Status.QUEUED.value), *conditions).values(published_at=None)
    return connection.scalars(statement.returning(Run.id)).all()
