"""Release runs whose twin no longer runs: they are linked to its result, or executed themselves.

Every end of a run wakes the dispatcher, and every pass looks at the rows: however a twin ended, and whoever was killed
meanwhile, no run waits for one that is not running.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select, update
from sqlalchemy.orm import aliased

from shared.db.conditions import checked
from shared.db.tables import Run, Simulation
from shared.enums import HeldReason, Status

#: Most runs released in one pass; the next pass releases the rest.
BATCH = 500


def end_waits(connection: Connection, engine: str) -> None:
    """Release runs of `engine` that wait for a twin which is not running."""
    for twin_id in _ended(connection, engine):
        waiting = connection.execute(
            select(Run.id, Run.simulation_id).where(Run.engine == engine, _waits(), Run.twin_id == twin_id).limit(BATCH)
        ).all()
        # Simulations are locked before runs, as everywhere; those that somebody else has locked come in a later pass.
        free = connection.scalars(
            select(Simulation.id)
            .where(Simulation.id.in_({run.simulation_id for run in waiting}))
            .with_for_update(key_share=True, skip_locked=True)
        ).all()
        ids = [run.id for run in waiting if run.simulation_id in free]
        _release(connection, twin_id, ids)
        if len(waiting) == BATCH:
            return


def _ended(connection: Connection, engine: str) -> Sequence[UUID]:
    """Twins that runs wait for and that do not run, each found by one step through the index (a loose index scan)."""
    waits = (Run.engine == engine, _waits())
    first = select(Run.twin_id).where(*waits).order_by(Run.twin_id).limit(1).subquery()
    twins = select(first.c.twin_id).cte("twins", recursive=True)
    after = select(Run.twin_id).where(*waits, Run.twin_id > twins.c.twin_id).order_by(Run.twin_id).limit(1)
    twins = twins.union_all(select(after.scalar_subquery()).where(twins.c.twin_id.is_not(None)))
    twin = aliased(Run)
    runs = exists().where(twin.id == twins.c.twin_id, checked(twin.status == Status.RUNNING.value))
    return connection.scalars(select(twins.c.twin_id).where(twins.c.twin_id.is_not(None), ~runs)).all()


def _release(connection: Connection, twin_id: UUID, ids: Sequence[UUID]) -> None:
    connection.execute(
        update(Run)
        .where(Run.id.in_(ids), checked(and_(_waits(), Run.twin_id == twin_id)))
        .values(held_reason=None, not_before=func.now())
    )


def _waits() -> ColumnElement[bool]:
    return Run.held_reason == HeldReason.TWIN.value
