"""Find runs whose message RabbitMQ has lost: published more than a lease ago, unclaimed, no longer in the queue."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection, ScalarSelect, func, literal, or_, select
from sqlalchemy.orm import aliased

from shared.db.database import Database
from shared.db.tables import Run
from shared.enums import Status
from shared.messages import Publisher
from shared.state.pause import paused
from shared.state.publication import is_published, take_back
from shared.state.writer import wake_dispatcher


def release_lost(database: Database, publisher: Publisher, engine: str, *, lease: timedelta) -> list[UUID]:
    """Make runs whose message is lost available to the dispatcher again; returns their ids.

    A message older than `lease` counts as lost when the queue is empty, or when a message published later was claimed
    more than a lease ago. A wrong guess costs a duplicate message, whose claim matches no row. Runs of a paused engine
    are left alone, because workers refuse their messages on purpose. Raises BrokerAway, DatabaseAway.
    """
    empty = publisher.waiting(engine) == 0
    with database.transaction() as connection:
        released = take_back(
            connection,
            Run.engine == engine,
            is_published(),
            Run.published_at < func.now() - lease,
            ~paused(Run.engine),
            or_(literal(empty), Run.published_at < _taken_since(engine, lease)),
        )
        if released:
            wake_dispatcher(connection)
    return list(released)


def publish_again(connection: Connection, ids: Collection[UUID]) -> Sequence[UUID]:
    """Make those runs of `ids` that are still queued available to the dispatcher again; returns their ids.

    When the message of one of them is still in the queue, this costs a duplicate, whose claim matches no row.
    """
    released = take_back(connection, Run.id.in_(ids)) if ids else ()
    if released:
        wake_dispatcher(connection)
    return released


def _taken_since(engine: str, lease: timedelta) -> ScalarSelect[datetime | None]:
    """Publication time of the newest message that was claimed more than a lease ago and whose run is still running."""
    later = aliased(Run)
    return (
        select(func.max(later.published_at))
        .where(
            later.engine == engine,
            later.status == Status.RUNNING.value,
            later.started_at < func.now() - lease,
        )
        .scalar_subquery()
    )
