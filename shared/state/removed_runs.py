"""Deletion of runs of an ended simulation that is being deleted, while its counters stay those of its rows."""

from uuid import UUID

from sqlalchemy import Connection, delete, func, select, update

from shared.db.tables import Run, Simulation
from shared.enums import Status
from shared.state.writer import lock_simulation


def remove_runs(connection: Connection, simulation_id: UUID, *, up_to: int) -> None:
    """Delete the rows of the runs with indexes up to `up_to`, of which the simulation must have more."""
    lock_simulation(connection, simulation_id)
    gone = delete(Run).where(Run.simulation_id == simulation_id, Run.index <= up_to).returning(Run.status).cte("gone")
    counters = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)
    less = (
        select(
            func.count().label("total"),
            *(func.count().filter(gone.c.status == status.value).label(status.value) for status in counters),
        )
        .select_from(gone)
        .cte("less")
    )
    connection.execute(
        update(Simulation)
        .where(Simulation.id == simulation_id)
        .values(
            {name: getattr(Simulation, name) - select(less.c[name]).scalar_subquery() for name in less.c.keys()}  # noqa: SIM118
        )
    )
