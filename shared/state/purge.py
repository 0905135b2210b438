"""Purge of an engine's queue: its queued runs become cancelled, simulation by simulation. Running ones go on.

Messages that are in RabbitMQ for these runs are consumed without effect.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, union

from shared.db.conditions import checked
from shared.db.tables import Backlog, Run
from shared.state.cancel import WITHDRAWN
from shared.state.chunks import CHUNK
from shared.state.publication import is_published
from shared.state.transitions import WITHDRAW
from shared.state.writer import count, lock_simulation, move_chunk

#: Simulations of one transaction: it holds their locks until it ends.
BATCH = 20


@dataclass(frozen=True, slots=True)
class PurgePlace:
    """Where a purge is: runs of the simulation from the index `first` on come next; with 0, simulations behind it."""

    simulation_id: UUID
    first: int


@dataclass(frozen=True, slots=True)
class Purged:
    """What one step has done; `place` is None when no simulation was left."""

    cancelled: int
    place: PurgePlace | None


def purge_step(connection: Connection, engine: str, after: PurgePlace | None) -> Purged:
    """Cancel queued runs of `engine` behind `after`, of up to BATCH simulations in the order of their ids.

    A step looks at no more than two CHUNK of runs.
    """
    begun = [after] if after is not None and after.first else []
    behind = [
        PurgePlace(number, 0) for number in _next(connection, engine, None if after is None else after.simulation_id)
    ]
    cancelled, looked, place = 0, 0, None
    for place in (*begun, *behind):
        simulation = lock_simulation(connection, place.simulation_id)
        if simulation is None:
            place = PurgePlace(place.simulation_id, 0)
            continue
        cancelled += _withdraw(connection, engine, place)
        looked += min(CHUNK, simulation.total - place.first)
        end = place.first + CHUNK
        place = PurgePlace(place.simulation_id, end if end < simulation.total else 0)
        if looked >= CHUNK:
            break
    return Purged(cancelled, place)


def _withdraw(connection: Connection, engine: str, place: PurgePlace) -> int:
    withdrawn = move_chunk(
        connection,
        WITHDRAW,
        place.simulation_id,
        place.first,
        checked(Run.engine == engine),
        values=WITHDRAWN,
        data={"reason": "purged"},
    )
    if withdrawn:
        count(connection, place.simulation_id, cancelled=withdrawn)
    return withdrawn


def _next(connection: Connection, engine: str, after: UUID | None) -> Sequence[UUID]:
    waiting = select(Backlog.simulation_id).where(Backlog.engine == engine)
    published = select(Run.simulation_id).where(Run.engine == engine, is_published())
    if after is not None:
        waiting, published = waiting.where(Backlog.simulation_id > after), published.where(Run.simulation_id > after)
    queued = union(waiting, published).subquery()
    return connection.scalars(select(queued.c.simulation_id).order_by(queued.c.simulation_id).limit(BATCH)).all()
