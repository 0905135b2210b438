"""Publication state of queued runs: SQL conditions for it, and its reset.

A queued run without `published_at` waits in Postgres; one with it has a message in its engine's window.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, update

from shared.db.conditions import checked
from shared.db.tables import Run
from shared.enums import Status

#: Column values that mark a run as unpublished, for an update that changes other columns as well.
UNPUBLISHED: dict[str, Any] = {"published_at": None}


def is_waiting() -> ColumnElement[bool]:
    """SQL condition: the run is queued and not published."""
    return and_(Run.status == Status.QUEUED.value, Run.published_at.is_(None))


def is_published() -> ColumnElement[bool]:
    """SQL condition: the run is queued and published."""
    return and_(Run.status == Status.QUEUED.value, Run.published_at.is_not(None))


def take_back(connection: Connection, *conditions: ColumnElement[bool]) -> Sequence[UUID]:
    """Mark queued runs as unpublished, so that the dispatcher publishes them again; returns their ids.

    `conditions` must let the planner find the rows by an index: a key, or `is_published()` for all published runs.
    """
    statement = update(Run).where(checked(Run.status == Status.QUEUED.value), *conditions).values(published_at=None)
    return connection.scalars(statement.returning(Run.id)).all()
