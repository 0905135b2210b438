"""Which runs go next: by band, then owners in turn, within an owner the first runs of each simulation, then by age.

Of an owner who has as many running and published as one may have, none.
"""

from uuid import UUID

from sqlalchemy import Connection, Double, Row, Subquery, and_, case, cast, func, lateral, literal, or_, select, true

from shared.db.tables import Run, Simulation
from shared.enums import Status

#: So many runs of every simulation go before the rest of its owner's backlog, so that everybody sees results early.
FIRST_RUNS = 3


def choose(
    connection: Connection, engine: str, room: int, *, owner_runs: int = 0
) -> list[Row[tuple[UUID, UUID, int, str, float]]]:
    """Up to `room` runs of `engine` that may start now, next first; with them no owner has more than `owner_runs` out.

    A row is (run, simulation, attempt, correlation id, seconds since it could have started).

    From each open simulation no more than `room` candidates are looked at, so the cost does not grow with the backlog.
    An owner's turn counts what they already have running or published, so that a share is a share of the fleet.
    """
    candidate = lateral(
        select(Run.id, Run.index, Run.attempt, func.greatest(Run.queued_at, Run.not_before).label("ready_at"))
        .where(
            Run.simulation_id == Simulation.id,
            Run.engine == engine,
            Run.status == Status.QUEUED.value,
            Run.published_at.is_(None),
            Run.not_before <= func.now(),
        )
        .order_by(Run.index)
        .limit(room)
    ).alias("candidate")
    active = _active(engine)
    is_first = case((candidate.c.index < FIRST_RUNS, literal(0)), else_=literal(1))
    order = (is_first, Simulation.created_at, Simulation.id, candidate.c.index)
    turn = func.row_number().over(partition_by=(Simulation.priority, Simulation.owner), order_by=order)
    # The order in which an owner's own runs will be taken, whatever their band.
    place = func.row_number().over(partition_by=Simulation.owner, order_by=(Simulation.priority.desc(), *order))
    waiting = (
        select(
            candidate.c.id,
            Simulation.id.label("simulation_id"),
            candidate.c.attempt,
            Simulation.correlation_id,
            cast(func.extract("epoch", func.now() - candidate.c.ready_at), Double).label("waited_seconds"),
            candidate.c.index,
            Simulation.priority,
            Simulation.created_at,
            (turn + func.coalesce(active.c.of_engine, 0)).label("turn"),
            ((place if owner_runs else literal(0)) + func.coalesce(active.c.of_all, 0)).label("out"),
        )
        .select_from(Simulation)
        .join(candidate, true())
        .outerjoin(active, active.c.owner == Simulation.owner)
        .where(Simulation.ended_at.is_(None))
        .subquery("waiting")
    )
    told = (
        waiting.c.id,
        waiting.c.simulation_id,
        waiting.c.attempt,
        waiting.c.correlation_id,
        waiting.c.waited_seconds,
    )
    return list(
        connection.execute(
            select(*told)
            .where(waiting.c.out <= owner_runs if owner_runs else true())
            .order_by(waiting.c.priority.desc(), waiting.c.turn, waiting.c.created_at, waiting.c.index)
            .limit(room)
        )
    )


def _active(engine: str) -> Subquery:
    held = or_(
        Run.status == Status.RUNNING.value,
        and_(Run.status == Status.QUEUED.value, Run.published_at.is_not(None)),
    )
    of_engine = Run.engine == engine
    return (
        select(Simulation.owner, func.count().filter(of_engine).label("of_engine"), func.count().label("of_all"))
        .join(Run, Run.simulation_id == Simulation.id)
        .where(held)
        .group_by(Simulation.owner)
        .subquery("active")
    )
