"""Runs whose backoff is over come back among those that may start; a bounded number at every pass."""

from sqlalchemy import Connection, func, select, update

from shared.db.tables import Run
from shared.enums import Status

#: Runs that are taken back at once; the next pass takes the rest.
BATCH = 500


def end_backoffs(connection: Connection, engine: str) -> None:
    """Let the runs of `engine` that were held until now be counted as ready, those held the least long first."""
    over = (
        select(Run.id)
        .where(
            Run.engine == engine,
            Run.status == Status.QUEUED.value,
            Run.held_reason.is_not(None),
            Run.not_before <= func.now(),
        )
        .order_by(Run.not_before)
        .limit(BATCH)
        .with_for_update(key_share=True, skip_locked=True)
    )
    if ids := connection.scalars(over).all():
        connection.execute(update(Run).where(Run.id.in_(ids)).values(held_reason=None))
