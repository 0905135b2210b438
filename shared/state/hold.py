"""Hold and release of a simulation by a user: its queued runs do not start until it is released. No status changes.

Runs that are running go on. One that comes back into the queue meanwhile is held like the others. A release also closes
the circuit breaker. Runs that wait for another simulation go on waiting for it.
"""

from enum import Enum, auto
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from shared.db.conditions import checked
from shared.db.locks import LockSpace, wait_for_lock
from shared.db.tables import Backlog, Run, Simulation
from shared.enums import HeldReason, Status
from shared.state.breaker import close_breaker
from shared.state.chunks import chunks, in_chunk
from shared.state.held_runs import can_be_held, hold_runs, let_go
from shared.state.writer import lock_simulation, record, stands_at, wake_dispatcher

#: Why runs are held that a release lets go.
RELEASED = (HeldReason.USER.value, HeldReason.CANARY.value)


class Changed(Enum):
    """Result of a request to change a simulation that is queued or running."""

    ACCEPTED = auto()
    ALREADY_ENDED = auto()
    UNKNOWN = auto()


def hold_simulation(connection: Connection, simulation_id: UUID) -> Changed:
    """Hold the queued runs of a simulation. Idempotent."""
    return _set(connection, simulation_id, held=True)


def release_simulation(connection: Connection, simulation_id: UUID) -> Changed:
    """Let the held runs of a simulation start; a backoff that they had is over. Idempotent.

    The failures before it no longer count for the circuit breaker.
    """
    return _set(connection, simulation_id, held=False)


def _set(connection: Connection, simulation_id: UUID, *, held: bool) -> Changed:
    if held:
        _stop_publishing(connection, simulation_id)
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.deleted_at is not None:
        return Changed.UNKNOWN
    if simulation.ended_at is not None:
        return Changed.ALREADY_ENDED
    # An open circuit breaker is no hold by a user, who may add one; a release ends both.
    is_held = simulation.held_at is not None or (not held and simulation.breaker_opened_at is not None)
    if is_held is held:
        return Changed.ACCEPTED
    connection.execute(
        update(Simulation).where(Simulation.id == simulation_id).values(held_at=func.now() if held else None)
    )
    if not held:
        close_breaker(connection, simulation_id)
    for first in chunks(simulation.total):
        queued = (in_chunk(simulation_id, first), stands_at(Status.QUEUED))
        if held:
            hold_runs(connection, HeldReason.USER, *queued, can_be_held())
        else:
            let_go(connection, *queued, checked(Run.held_reason.in_(RELEASED)))
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
