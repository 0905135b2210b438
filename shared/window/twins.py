"""Release runs whose twin no longer runs: they are linked to its result, or executed themselves.

Every end of a run wakes the dispatcher, and every pass reads the rows: a pass releases the waiting runs however their
twin ended, also after a process was killed. When the twin left neither a result nor a failure, one run of a batch is
released, and the others wait for that one: otherwise all would be claimed, and all but one put back.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select, update

from shared.db.conditions import checked
from shared.db.database import Database
from shared.db.tables import Run, Simulation
from shared.enums import HeldReason, Status

#: Most runs that one pass releases, or lets wait for another one; the next pass goes on.
BATCH = 500
#: How long runs wait for one that is in the queue itself: others, of higher priority too, may start before it.
PATIENCE = timedelta(minutes=10)


def end_waits(database: Database, engine: str) -> None:
    """Release runs of `engine` that wait for a twin which is not running. Raises DatabaseAway.

    Each twin has its own transaction, with one statement that changes counters of the backlog: these are locked in one
    order within a statement, so that two dispatchers never wait for each other.
    """
    with database.transaction() as connection:
        ended = _ended(connection, engine)
    room = BATCH
    for twin_id in ended:
        with database.transaction() as connection:
            room -= _end_wait(connection, engine, twin_id, room)
        if room <= 0:
            return


def _ended(connection: Connection, engine: str) -> Sequence[UUID]:
    """Twins that runs wait for in vain, each found by one step through the index (a loose index scan)."""
    waits = (Run.engine == engine, _waits())
    first = select(Run.twin_id).where(*waits).order_by(Run.twin_id).limit(1).subquery()
    twins = select(first.c.twin_id).cte("twins", recursive=True)
    after = select(Run.twin_id).where(*waits, Run.twin_id > twins.c.twin_id).order_by(Run.twin_id).limit(1)
    twins = twins.union_all(select(after.scalar_subquery()).where(twins.c.twin_id.is_not(None)))
    goes_on = select(_goes_on()).where(Run.id == twins.c.twin_id).correlate(twins).scalar_subquery()
    in_vain = ~func.coalesce(goes_on, false())
    return connection.scalars(select(twins.c.twin_id).where(twins.c.twin_id.is_not(None), in_vain)).all()


def _end_wait(connection: Connection, engine: str, twin_id: UUID, room: int) -> int:
    """Release at most `room` runs that wait for the twin, or let them wait for another one; returns how many."""
    waiting = connection.execute(
        select(Run.id, Run.simulation_id)
        .where(Run.engine == engine, _waits(), Run.twin_id == twin_id)
        .order_by(Run.id)
        .limit(room)
    ).all()
    # Simulations are locked before runs, as everywhere; those that another transaction has locked come in a later pass.
    free = connection.scalars(
        select(Simulation.id)
        .where(Simulation.id.in_({run.simulation_id for run in waiting}))
        .with_for_update(key_share=True, skip_locked=True)
    ).all()
    ids = [run.id for run in waiting if run.simulation_id in free]
    if not ids:
        return 0
    columns = (Run.status, Run.held_reason, Run.twin_id, _goes_on().label("goes_on"))
    twin = connection.execute(select(*columns).where(Run.id == twin_id)).one_or_none()
    if twin is not None and twin.goes_on:
        # Released a moment ago, because its own twin had ended.
        return 0
    if twin is not None and twin.status in (Status.SUCCEEDED, Status.FAILED):
        released, other = ids, None
    elif twin is not None and twin.held_reason == HeldReason.TWIN:
        # It waits itself. Two that wait for each other, if that can be, do not: one of them is released here.
        released, other = [run for run in ids if run == twin.twin_id], twin.twin_id
    else:
        released, other = ids[:1], ids[0]
    still = (Run.id.in_(ids), checked(and_(_waits(), Run.twin_id == twin_id)))
    if other is not None:
        connection.execute(update(Run).where(*still, Run.id != other).values(twin_id=other))
    connection.execute(
        update(Run)
        .where(Run.id.in_(released), checked(and_(_waits(), Run.twin_id == twin_id)))
        .values(held_reason=None, not_before=func.now())
    )
    return len(ids)


def _goes_on() -> ColumnElement[bool]:
    """SQL condition: the run is running, or will soon be. One that is held may be so for ever."""
    starts_soon = and_(
        *(Run.status == Status.QUEUED.value, Run.held_reason.is_(None)),
        func.greatest(Run.queued_at, Run.not_before) > func.now() - PATIENCE,
    )
    return or_(Run.status == Status.RUNNING.value, starts_soon)


def _waits() -> ColumnElement[bool]:
    return Run.held_reason == HeldReason.TWIN.value
