"""Hold and release of a simulation by a user: its queued runs do not start until it is released. No status changes.

Runs that are running go on. One that comes back into the queue meanwhile is held like the others.
"""

from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Text, cast, exists, func, literal, or_, select, update
from sqlalchemy.types import DateTime

from shared.db.conditions import checked
from shared.db.locks import LockSpace, wait_for_lock
from shared.db.tables import Backlog, Run, Simulation
from shared.enums import HeldReason, Status
from shared.state.chunks import chunks, in_chunk
from shared.state.writer import lock_simulation, record, stands_at, wake_dispatcher


class Changed(Enum):
    """Result of a request to change a simulation that is queued or running."""

    ACCEPTED = auto()
    ALREADY_ENDED = auto()
    UNKNOWN = auto()


def hold_simulation(connection: Connection, simulation_id: UUID) -> Changed:
    """Hold the queued runs of a simulation. Idempotent."""
    return _set(connection, simulation_id, held=True)


def release_simulation(connection: Connection, simulation_id: UUID) -> Changed:
    """Let the held runs of a simulation start; a backoff that they had is over. Idempotent."""
    return _set(connection, simulation_id, held=False)


def keep_held(connection: Connection, run_id: UUID) -> None:
    """Hold a run that has come back into the queue of a held simulation, whose row the caller has locked."""
    is_held = exists().where(Simulation.id == Run.simulation_id, Simulation.held_at.is_not(None))
    _hold(connection, Run.id == run_id, stands_at(Status.QUEUED), checked(is_held))


def _set(connection: Connection, simulation_id: UUID, *, held: bool) -> Changed:
    if held:
        _stop_publishing(connection, simulation_id)
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.deleted_at is not None:
        return Changed.UNKNOWN
    if simulation.ended_at is not None:
        return Changed.ALREADY_ENDED
    if (simulation.held_at is not None) is held:
        return Changed.ACCEPTED
    connection.execute(
        update(Simulation).where(Simulation.id == simulation_id).values(held_at=func.now() if held else None)
    )
    free = or_(Run.held_reason.is_(None), Run.held_reason == HeldReason.BACKOFF.value)
    by_user = Run.held_reason == HeldReason.USER.value
    for first in chunks(simulation.total):
        mine = (in_chunk(simulation_id, first), stands_at(Status.QUEUED), checked(free if held else by_user))
        if held:
            # A published message is consumed without effect, because the run may not start.
            _hold(connection, *mine)
        else:
            connection.execute(update(Run).where(*mine).values(held_reason=None, not_before=func.now()))
    if not held:
        wake_dispatcher(connection)
    record(connection, simulation_id, "simulation.held" if held else "simulation.released")
    return Changed.ACCEPTED


def _stop_publishing(connection: Connection, simulation_id: UUID) -> None:
    """Let no window be filled until the end of the transaction.

    A pass would still see the runs as free, publish them, and wait for the simulation's counters to mark them.
    """
    engines = select(Backlog.engine).distinct().where(Backlog.simulation_id == simulation_id)
    for engine in sorted(connection.scalars(engines)):
        wait_for_lock(connection, LockSpace.WINDOW, engine)


def _hold(connection: Connection, *conditions: ColumnElement[bool]) -> None:
    never = cast(literal("infinity", Text), DateTime(timezone=True))
    connection.execute(
        update(Run).where(*conditions).values(held_reason=HeldReason.USER.value, not_before=never, published_at=None)
    )
