"""Purge of an engine's queue: its queued runs become cancelled, simulation by simulation. Running ones go on.

Messages that are in RabbitMQ for these runs are consumed without effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, union

from shared.db.tables import Backlog, Run
from shared.state.publication import is_published
from shared.state.transitions import WITHDRAW
from shared.state.writer import count, lock_simulation, move

#: Simulations of one transaction: it holds their locks until it ends.
BATCH = 20


@dataclass(frozen=True, slots=True)
class Purged:
    """What one step has done; `last` is None when no simulation was left."""

    cancelled: int
    last: UUID | None


def purge_step(connection: Connection, engine: str, after: UUID | None) -> Purged:
    """Cancel the queued runs of `engine` of the next BATCH simulations behind `after`, in the order of their ids."""
    cancelled = 0
    ids = _next(connection, engine, after)
    for simulation_id in ids:
        if lock_simulation(connection, simulation_id) is None:
            continue
        withdrawn = move(
            connection,
            WITHDRAW,
            Run.simulation_id == simulation_id,
            Run.engine == engine,
            values={"message": "", "held_reason": None},
            data={"reason": "purged"},
        )
        if withdrawn:
            count(connection, simulation_id, cancelled=len(withdrawn))
        cancelled += len(withdrawn)
    return Purged(cancelled, ids[-1] if ids else None)


def _next(connection: Connection, engine: str, after: UUID | None) -> Sequence[UUID]:
    waiting = select(Backlog.simulation_id).where(Backlog.engine == engine)
    published = select(Run.simulation_id).where(Run.engine == engine, is_published())
    if after is not None:
        waiting, published = waiting.where(Backlog.simulation_id > after), published.where(Run.simulation_id > after)
    queued = union(waiting, published).subquery()
    return connection.scalars(select(queued.c.simulation_id).order_by(queued.c.simulation_id).limit(BATCH)).all()
