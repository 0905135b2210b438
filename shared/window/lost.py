"""Find messages that RabbitMQ has lost: published, not claimed for longer than a lease, and the queue is past them."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ScalarSelect, func, literal, or_, select
from sqlalchemy.orm import aliased

from shared.db.database import Database
from shared.db.tables import Run
from shared.enums import Status
from shared.messages import Publisher
from shared.state.pause import paused
from shared.state.publication import is_published, take_back
from shared.state.writer import wake_dispatcher


def release_lost(database: Database, publisher: Publisher, engine: str, *, lease: timedelta) -> list[UUID]:
    """Make runs whose message is lost available to the dispatcher again; which. Raises BrokerAway, DatabaseAway.

    A message is lost when nothing waits in the queue, or when one published later was taken more than a lease ago. A
    mistake costs a second message, and the claim of the second finds no row. While the engine is paused its messages
    are refused, which is no loss.
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


def _taken_since(engine: str, lease: timedelta) -> ScalarSelect[datetime | None]:
    """When the newest message was published that was taken more than a lease ago."""
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
