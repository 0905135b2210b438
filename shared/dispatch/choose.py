"""Which runs go next: by band, then owners in turn, within an owner the first runs of each simulation, then by age."""

from uuid import UUID

from sqlalchemy import Connection, Double, Row, Subquery, and_, case, cast, func, lateral, literal, or_, select, true

from shared.db.tables import Run, Simulation
from shared.words import Status

#: So many runs of every simulation go before the rest of its owner's backlog, so that everybody sees results early.
FIRST_RUNS = 3


def choose(connection: Connection, engine: str, room: int) -> list[Row[tuple[UUID, UUID, int, str, float]]]:
    """Up to `room` runs of `engine` that may start now, next first.

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
    turn = func.row_number().over(
        partition_by=(Simulation.priority, Simulation.owner),
        order_by=(is_first, Simulation.created_at, Simulation.id, candidate.c.index),
    ) + func.coalesce(active.c.runs, 0)
    return list(
        connection.execute(
            select(
                candidate.c.id,
                Simulation.id.label("simulation_id"),
                candidate.c.attempt,
                Simulation.correlation_id,
                cast(func.extract("epoch", func.now() - candidate.c.ready_at), Double).label("waited_seconds"),
            )
            .select_from(Simulation)
            .join(candidate, true())
            .outerjoin(active, active.c.owner == Simulation.owner)
            .where(Simulation.ended_at.is_(None))
            .order_by(Simulation.priority.desc(), turn, Simulation.created_at, candidate.c.index)
            .limit(room)
        )
    )


def _active(engine: str) -> Subquery:
    held = or_(
        Run.status == Status.RUNNING.value,
        and_(Run.status == Status.QUEUED.value, Run.published_at.is_not(None)),
    )
    return (
        select(Simulation.owner, func.count().label("runs"))
        .join(Run, Run.simulation_id == Simulation.id)
        .where(Run.engine == engine, held)
        .group_by(Simulation.owner)
        .subquery("active")
    )
