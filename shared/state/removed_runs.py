"""Deletion of runs of an ended simulation that is being deleted, while its counters stay those of its rows."""

from uuid import UUID

from sqlalchemy import Connection, ScalarSelect, delete, func, select, update

from shared.db.tables import Run, Simulation
from shared.enums import Status
from shared.state.writer import lock_simulation


def remove_runs(connection: Connection, simulation_id: UUID, *, up_to: int) -> None:
    """Delete the rows of the runs with indexes up to `up_to`, of which the simulation must have more."""
    lock_simulation(connection, simulation_id)
    gone = delete(Run).where(Run.simulation_id == simulation_id, Run.index <= up_to).returning(Run.status).cte("gone")

    def less(*statuses: Status) -> ScalarSelect[int]:
        return select(func.count()).where(gone.c.status.in_(statuses)).scalar_subquery()

    connection.execute(
        update(Simulation)
        .where(Simulation.id == simulation_id)
        .values(
            total=Simulation.total - less(*Status),
            succeeded=Simulation.succeeded - less(Status.SUCCEEDED),
            failed=Simulation.failed - less(Status.FAILED),
            cancelled=Simulation.cancelled - less(Status.CANCELLED),
        )
    )
