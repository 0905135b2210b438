"""What the latest runs of simulations say about their pace: one statement for all of them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Connection, Float, Uuid, cast, func, literal, null, select, true, union_all

from api_service.simulations.time_left import Pace
from shared.db.tables import EndedRun, Run
from shared.enums import Status

#: Ended runs of a simulation that are looked at, the last ones.
LOOKED_AT = 20


def read_paces(connection: Connection, simulations: Collection[UUID]) -> dict[UUID, Pace]:
    """Returns the pace of those of `simulations` that have a running or an ended run."""
    if not simulations:
        return {}
    of_simulation = select(func.unnest(cast(list(simulations), ARRAY(Uuid))).label("id")).subquery()
    last = (
        select(EndedRun.run_id, EndedRun.seconds, EndedRun.started_at, EndedRun.ended_at)
        .where(EndedRun.simulation_id == of_simulation.c.id, EndedRun.ended_at.is_not(None))
        .order_by(EndedRun.ended_at.desc())
        .limit(LOOKED_AT)
        .lateral()
    )
    reused_from = select(Run.reused_from).where(Run.id == last.c.run_id).scalar_subquery()
    ended = (
        select(
            of_simulation.c.id,
            func.array_agg(last.c.seconds).label("seconds"),
            func.extract("epoch", func.max(last.c.ended_at) - func.min(last.c.started_at)).label("span"),
            func.extract("epoch", func.now() - func.max(last.c.ended_at)).label("idle"),
            cast(null(), Float).label("percent"),
        )
        .join(last, true())
        # Others never started, or were linked to a result.
        .where(last.c.seconds > 0, reused_from.is_(None))
        .group_by(of_simulation.c.id)
    )
    # All running runs, as for the counts of simulations.
    active = (
        select(Run.simulation_id, Run.progress, func.extract("epoch", func.now() - Run.started_at).label("so_far"))
        .where(Run.status == Status.RUNNING.value)
        .cte("under_way")
        .prefix_with("MATERIALIZED")
    )
    running = select(
        active.c.simulation_id, cast(null(), ARRAY(Float)), active.c.so_far, literal(0), active.c.progress
    ).where(active.c.simulation_id.in_(simulations))
    paces: dict[UUID, Pace] = {}
    under_way: dict[UUID, list[tuple[int, float]]] = {}
    for simulation_id, seconds, span, idle, percent in connection.execute(union_all(ended, running)):
        if seconds is None:
            under_way.setdefault(simulation_id, []).append((int(percent), float(span)))
        else:
            paces[simulation_id] = Pace(seconds, float(span), float(idle))
    return {
        key: Pace(p.seconds, p.span_seconds, p.idle_seconds, under_way.get(key, ()))
        for key in paces.keys() | under_way.keys()
        for p in (paces.get(key, Pace()),)
    }
