"""Change of a simulation's priority while it is queued or running: runs that wait are dispatched by the new one."""

from uuid import UUID

from sqlalchemy import Connection, update

from shared.db.tables import Backlog, Simulation
from shared.enums import Priority
from shared.state.hold import Changed
from shared.state.writer import lock_simulation, record, wake_dispatcher


def change_priority(connection: Connection, simulation_id: UUID, priority: Priority) -> Changed:
    """Change the band of a simulation. Idempotent.

    Messages that are in RabbitMQ stay there, which are few. The copy of the priority in the backlog counters is changed
    with it; a counter that a concurrent transaction inserts with the old one is put right by the scheduler.
    """
    simulation = lock_simulation(connection, simulation_id)
    if simulation is None or simulation.deleted_at is not None:
        return Changed.UNKNOWN
    if simulation.ended_at is not None:
        return Changed.ALREADY_ENDED
    if simulation.priority == priority:
        return Changed.ACCEPTED
    connection.execute(update(Simulation).where(Simulation.id == simulation_id).values(priority=int(priority)))
    connection.execute(update(Backlog).where(Backlog.simulation_id == simulation_id).values(priority=int(priority)))
    record(connection, simulation_id, "simulation.priority_changed", priority=priority.word)
    wake_dispatcher(connection)
    return Changed.ACCEPTED
