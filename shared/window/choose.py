"""Select the runs to dispatch next: by band, then owners in turn, then each simulation's first runs, then by age.

One start in EVERY is assigned by round robin between the owners, whatever the band, so that no owner starves.
No run of an owner is selected who already has the permitted number of running and published runs.
"""

from collections.abc import Sequence
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
from shared.state.breaker import tripped
from shared.state.publication import is_published, is_waiting

#: Number of waiting simulations, per owner and band, that one pass reads; the others follow as these are dispatched.
SIMULATIONS_LOOKED_AT = 32
#: While n owners have runs that may start, each of them has one among the next EVERY x n starts.
EVERY = 8
#: Largest value of a Postgres integer.
LARGEST_INDEX = 2**31 - 1
#: (run, simulation, attempt, correlation id, seconds since it could have started, owner, place in the round robin)
Chosen = Row[tuple[UUID, UUID, int, str, float, str, int]]


def choose(
    connection: Connection, engine: str, room: int, *, owner_runs: int = 0, starts: int = 0, last_owner: str = ""
) -> list[Chosen]:
    """Up to `room` runs of `engine` that may start now, in order of dispatch.

    `starts` is the number of earlier ones, and `last_owner` had the last turn of the round robin: `last_turn` says who
    has it after some of the chosen runs have been published.

    With them no owner has more than `owner_runs` running and published runs; 0 is no cap. At most SIMULATIONS_LOOKED_AT
    simulations per owner and band are read, and at most `room` runs of each: the cost grows with the number of owners
    and with the window, not with the backlog. So more runs may be waiting even when fewer than `room` are returned.
    An owner's turn counts their running and published runs, so that owners share the fleet, not just the window.
    """
    lanes = _lanes(engine)
    ahead = _ahead(engine, lanes)
    candidate = _candidate(engine, ahead, room)
    active = _active(engine)
    order = (ahead.c.place, ahead.c.created_at, ahead.c.simulation_id, candidate.c.index)
    turn = func.row_number().over(partition_by=(lanes.c.priority, lanes.c.owner), order_by=order)
    # The order in which the runs of one owner will be taken, over all bands.
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
            lanes.c.owner,
            position.label("position"),
            ((position if owner_runs else literal(0)) + func.coalesce(active.c.of_all, 0)).label("out"),
        )
        .select_from(lanes)
        .join(ahead, true())
        .join(candidate, true())
        .outerjoin(active, active.c.owner == lanes.c.owner)
        .subquery("waiting")
    )
    ranked = _ranked(waiting, owner_runs, starts, last_owner)
    # A scalar subquery per row, so that the planner uses the primary key whatever its statistics say.
    correlation = select(Simulation.correlation_id).where(Simulation.id == ranked.c.simulation_id).scalar_subquery()
    return list(
        connection.execute(
            select(
                ranked.c.id,
                ranked.c.simulation_id,
                ranked.c.attempt,
                correlation.label("correlation_id"),
                ranked.c.waited_seconds,
                ranked.c.owner,
                ranked.c.by_turn,
            )
            .order_by(func.least(ranked.c.by_band, ranked.c.by_turn), ranked.c.by_turn)
            .limit(room)
        )
    )


def last_turn(published: Sequence[Chosen], last_owner: str) -> str:
    """The owner who has had the last turn of the round robin after these runs, the first of those chosen."""
    turns = {run.by_turn: run.owner for run in published if run.by_turn <= len(published)}
    return turns[max(turns)] if turns else last_owner


def _ranked(waiting: Subquery, owner_runs: int, starts: int, last_owner: str) -> Subquery:
    """The waiting runs, each with its place in the order of starts by bands, and by the round robin."""
    phase = starts % EVERY
    of_one = (waiting.c.created_at, waiting.c.index)
    by_band = func.row_number().over(order_by=(waiting.c.priority.desc(), waiting.c.turn, *of_one))
    by_turn = func.row_number().over(order_by=(waiting.c.position, waiting.c.owner <= last_owner, waiting.c.owner))
    return (
        select(
            *(waiting.c.id, waiting.c.simulation_id, waiting.c.attempt, waiting.c.waited_seconds, waiting.c.owner),
            # Bands leave out the places of the round robin.
            (by_band + (by_band + phase - 1) // (EVERY - 1)).label("by_band"),
            (EVERY * by_turn - phase).label("by_turn"),
        )
        .where(waiting.c.out <= owner_runs if owner_runs else true())
        .subquery("ranked")
    )


def _lanes(engine: str) -> CTE:
    """Every band and owner with waiting runs, each found by one step through the index (a loose index scan)."""
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
    """The next simulations of a lane, which is a pair of band and owner.

    A simulation that is being cancelled starts no run, and takes no place in the window until all its runs have ended.
    Nor does one whose circuit breaker has opened, until all its runs are held.
    """
    cancelling = select(Simulation.id).where(Simulation.cancel_requested_at.is_not(None), Simulation.ended_at.is_(None))
    return lateral(
        select(Backlog.simulation_id, Backlog.place, Backlog.created_at)
        .where(
            Backlog.engine == engine,
            Backlog.priority == lanes.c.priority,
            Backlog.owner == lanes.c.owner,
            Backlog.place < Place.HELD.value,
            Backlog.simulation_id.not_in(union_all(cancelling, tripped())),
        )
        .order_by(Backlog.place, Backlog.created_at, Backlog.simulation_id)
        .limit(SIMULATIONS_LOOKED_AT)
    ).alias("ahead")


def _candidate(engine: str, ahead: FromClause, room: int) -> FromClause:
    """The runs of a simulation in `ahead` that may start now."""
    is_first = ahead.c.place == Place.FIRST.value
    return lateral(
        select(Run.id, Run.index, Run.attempt, func.greatest(Run.queued_at, Run.not_before).label("ready_at"))
        .where(
            Run.simulation_id == ahead.c.simulation_id,
            Run.engine == engine,
            is_waiting(),
            Run.held_reason.is_(None),
            Run.not_before <= func.now(),
            # Written as bounds of the index scan, not as a filter that is evaluated for every run.
            Run.index >= case((is_first, 0), else_=FIRST_RUNS),
            Run.index < case((is_first, FIRST_RUNS), else_=LARGEST_INDEX),
        )
        .order_by(Run.index)
        .limit(room)
    ).alias("candidate")


def _active(engine: str) -> Subquery:
    """Number of running and published runs by owner: of this engine, and of all engines."""
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
