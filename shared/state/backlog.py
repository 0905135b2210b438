"""Check and repair of the backlog counters, which the triggers of migration 0007 maintain.

Used by the scheduler and the tests. The rule that assigns a run to a place is repeated here independently of the
triggers, because the check has to compare with it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Select, and_, case, delete, func, insert, or_, select, text

from shared.db.backlog import Backlog, Place
from shared.db.tables import Run, Simulation
from shared.state.publication import is_waiting

#: Number of runs of each simulation that go before the rest of its owner's backlog, so that each has results early.
FIRST_RUNS = 3

_KEY = ("simulation_id", "engine", "place")
_COLUMNS = (*_KEY, "runs", "priority", "owner", "created_at")


def wrong_counters(connection: Connection) -> dict[UUID, str]:
    """Simulations whose backlog counters differ from their rows, each with a description; empty when all agree."""
    counted = _counted().subquery()
    same = and_(*(getattr(Backlog, name) == counted.c[name] for name in _KEY))
    rows = connection.execute(
        select(
            func.coalesce(Backlog.simulation_id, counted.c.simulation_id).label("simulation_id"),
            func.coalesce(Backlog.engine, counted.c.engine).label("engine"),
            func.coalesce(Backlog.place, counted.c.place).label("place"),
            func.coalesce(Backlog.runs, 0).label("stored"),
            func.coalesce(counted.c.runs, 0).label("runs"),
        )
        .select_from(Backlog)
        .join(counted, same, full=True)
        .where(or_(*(getattr(Backlog, name).is_distinct_from(counted.c[name]) for name in _COLUMNS)))
    ).all()
    return {
        row.simulation_id: f"backlog of {row.engine}, {Place(row.place).name.lower()}, is {row.stored} "
        f"but {row.runs} rows say so"
        for row in rows
    }


def repair_counters(connection: Connection, simulation_ids: Sequence[UUID]) -> None:
    """Recount the backlog of these simulations. Other transactions that change the backlog wait until this one ends."""
    # The lock makes sure that no concurrent change is both counted here and added by its trigger.
    connection.execute(text("LOCK TABLE backlog IN SHARE ROW EXCLUSIVE MODE"))
    connection.execute(delete(Backlog).where(Backlog.simulation_id.in_(simulation_ids)))
    counted = _counted().where(Run.simulation_id.in_(simulation_ids))
    connection.execute(insert(Backlog).from_select(_COLUMNS, counted))


def _counted() -> Select[tuple[object, ...]]:
    place = case(
        (Run.held_reason.is_not(None), Place.HELD.value),
        (Run.index < FIRST_RUNS, Place.FIRST.value),
        else_=Place.REST.value,
    ).label("place")
    of_simulation = (Simulation.priority, Simulation.owner, Simulation.created_at)
    return (
        select(Run.simulation_id, Run.engine, place, func.count().label("runs"), *of_simulation)
        .join(Simulation, Simulation.id == Run.simulation_id)
        .where(is_waiting())
        .group_by(Run.simulation_id, Run.engine, place, *of_simulation)
    )
