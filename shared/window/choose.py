"""Which runs go next: by band, then owners in turn, within an owner the first runs of each simulation, then by age.

Of an owner who has as many running and published as one may have, none.
"""

from uuid import UUID

from sqlalchemy import (
    CTE,
    Connection,
    Double,
    FromClause,
    Row,
    Subquery,
    case,
    cast,
    func,
    lateral,
    literal,
    select,
    true,
    tuple_,
    union_all,
)

from shared.db.backlog import Backlog, Place
from shared.db.tables import Run, Simulation
from shared.enums import Status
from shared.state.backlog import FIRST_RUNS
from shared.state.publication import is_published, is_waiting

#: So many of an owner's waiting simulations are looked at in a band, those that go next; the others follow as these go.
SIMULATIONS_LOOKED_AT = 32


#: Of Postgres's integers.
LARGEST_INDEX = 2**31 - 1
#: (run, simulation, attempt, correlation id, seconds since it could have started)
Chosen = Row[tuple[UUID, UUID, int, str, float]]


def choose(connection: Connection, engine: str, room: int, *, owner_runs: int = 0) -> list[Chosen]:
    """Up to `room` runs of `engine` that may start now, next first; with them no owner has more than `owner_runs` out.

    Of each owner and band no more than SIMULATIONS_LOOKED_AT simulations are looked at, and of each of these no more
    than `room` runs: the cost grows with owners and with the window, not with what waits. So there may be more to
    choose although fewer than `room` were found. An owner's turn counts what they already have running or published,
    so that a share is a share of the fleet.
    """
    lanes = _lanes(engine)
    ahead = _ahead(engine, lanes)
    candidate = _candidate(engine, ahead, room)
    active = _active(engine)
    order = (ahead.c.place, ahead.c.created_at, ahead.c.simulation_id, candidate.c.index)
    turn = func.row_number().over(partition_by=(lanes.c.priority, lanes.c.owner), order_by=order)
    # The order in which an owner's own runs will be taken, whatever their band.
    position = func.row_number().over(partition_by=lanes.c.owner, order_by=(lanes.c.priority.desc(), *order))
    waiting = (
        select(
            candidate.c.id,
            ahead.c.simulation_id,
            candidate.c.attempt,
            cast(func.extract("epoch", func.now() - candidate.c.ready_at), Double).label("waited_seconds"),
            candidate.c.index,
            lanes.c.priority,
            ahead.c.created_at,
            (turn + func.coalesce(active.c.of_engine, 0)).label("turn"),
            ((position if owner_runs else literal(0)) + func.coalesce(active.c.of_all, 0)).label("out"),
        )
        .select_from(lanes)
        .join(ahead, true())
        .join(candidate, true())
        .outerjoin(active, active.c.owner == lanes.c.owner)
        .subquery("waiting")
    )
    # Asked for one by one, which leads to the primary key whatever Postgres believes of how many there are.
    correlation = select(Simulation.correlation_id).where(Simulation.id == waiting.c.simulation_id).scalar_subquery()
    return list(
        connection.execute(
            select(
                waiting.c.id,
                waiting.c.simulation_id,
                waiting.c.attempt,
                correlation.label("correlation_id"),
                waiting.c.waited_seconds,
            )
            .where(waiting.c.out <= owner_runs if owner_runs else true())
            .order_by(waiting.c.priority.desc(), waiting.c.turn, waiting.c.created_at, waiting.c.index)
            .limit(room)
        )
    )


def _lanes(engine: str) -> CTE:
    """Every band and owner with something that waits, found by one step each through the index."""
    lane = (Backlog.priority, Backlog.owner)
    last_first = (Backlog.priority.desc(), Backlog.owner.desc())
    waits_for_it = Backlog.engine == engine
    first = select(*lane).where(waits_for_it).order_by(*last_first).limit(1).subquery()
    lanes = select(first).cte("lanes", recursive=True)
    after = lateral(
        select(*lane)
        .where(waits_for_it, tuple_(*lane) < tuple_(lanes.c.priority, lanes.c.owner))
        .order_by(*last_first)
        .limit(1)
    )
    return lanes.union_all(select(after.c.priority, after.c.owner).select_from(lanes).join(after, true()))


def _ahead(engine: str, lanes: CTE) -> FromClause:
    """The simulations of a lane that go next."""
    return lateral(
        select(Backlog.simulation_id, Backlog.place, Backlog.created_at)
        .where(
            Backlog.engine == engine,
            Backlog.priority == lanes.c.priority,
            Backlog.owner == lanes.c.owner,
            Backlog.place < Place.HELD.value,
        )
        .order_by(Backlog.place, Backlog.created_at, Backlog.simulation_id)
        .limit(SIMULATIONS_LOOKED_AT)
    ).alias("ahead")


def _candidate(engine: str, ahead: FromClause, room: int) -> FromClause:
    """The runs of such a simulation that may start now."""
    is_first = ahead.c.place == Place.FIRST.value
    return lateral(
        select(Run.id, Run.index, Run.attempt, func.greatest(Run.queued_at, Run.not_before).label("ready_at"))
        .where(
            Run.simulation_id == ahead.c.simulation_id,
            Run.engine == engine,
            is_waiting(),
            Run.held_reason.is_(None),
            Run.not_before <= func.now(),
            # As bounds of the index, not as a filter that is tried on every run.
            Run.index >= case((is_first, 0), else_=FIRST_RUNS),
            Run.index < case((is_first, FIRST_RUNS), else_=LARGEST_INDEX),
        )
        .order_by(Run.index)
        .limit(room)
    ).alias("candidate")


def _active(engine: str) -> Subquery:
    """What each owner has running and published."""
    out = (
        union_all(
            *(
                select(Run.simulation_id, Run.engine).where(held)
                for held in (Run.status == Status.RUNNING.value, is_published())
            )
        )
        .cte("out")
        .prefix_with("MATERIALIZED")
    )
    owner = select(Simulation.owner).where(Simulation.id == out.c.simulation_id).scalar_subquery()
    owned = select(owner.label("owner"), out.c.engine).subquery()
    of_engine = func.count().filter(owned.c.engine == engine).label("of_engine")
    return select(owned.c.owner, of_engine, func.count().label("of_all")).group_by(owned.c.owner).subquery("active")
