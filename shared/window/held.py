"""Release runs whose backoff is over, so that they may be dispatched; a bounded number per pass."""

from sqlalchemy import Connection, func, select, update

from shared.db.tables import Run
from shared.enums import Status

#: Most runs released in one pass; the next pass releases the rest.
BATCH = 500


def end_backoffs(connection: Connection, engine: str) -> None:
    """Clear `held_reason` of the runs of `engine` whose `not_before` has passed, the earliest `not_before` first."""
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
