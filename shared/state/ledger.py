"""Run counters: `submitted = queued + running + succeeded + failed + cancelled` for every simulation, at any time.

The API shows `Counts`; the scheduler and the tests compare the stored counters with the rows.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, or_, select, true

from shared.db.tables import Run, Simulation
from shared.enums import Status


@dataclass(frozen=True, slots=True)
class Counts:
    """Number of runs of one simulation, in total and by status."""

    total: int
    queued: int
    running: int
    succeeded: int
    failed: int
    cancelled: int


def totals(connection: Connection) -> tuple[int, dict[str, int]]:
    """Number of submitted runs of all simulations, and number of rows by status; one statement, so one snapshot."""
    submitted = select(func.sum(Simulation.total)).scalar_subquery()
    rows = connection.execute(
        select(func.coalesce(submitted, 0), Run.status, func.count())
        .select_from(select(1).subquery())
        .outerjoin(Run, true())
        .group_by(Run.status)
    ).all()
    return int(rows[0][0]), {status: runs for _, status, runs in rows if status is not None}


def discrepancies(connection: Connection) -> dict[UUID, str]:
    """Simulations whose stored counters differ from their rows, each with a description; empty when all agree."""
    counted = (
        select(
            Run.simulation_id,
            func.count().label("total"),
            *(
                func.count().filter(Run.status == status.value).label(status.value)
                for status in (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)
            ),
        )
        .group_by(Run.simulation_id)
        .subquery()
    )
    names = ("total", "succeeded", "failed", "cancelled")
    rows = connection.execute(
        select(
            Simulation.id,
            *(getattr(Simulation, name).label(f"stored_{name}") for name in names),
            *(func.coalesce(counted.c[name], 0).label(f"counted_{name}") for name in names),
        )
        .outerjoin(counted, counted.c.simulation_id == Simulation.id)
        .where(or_(*(getattr(Simulation, name) != func.coalesce(counted.c[name], 0) for name in names)))
    ).mappings()
    return {
        row["id"]: "; ".join(
            f"{name} is {row[f'stored_{name}']} but {row[f'counted_{name}']} rows say so"
            for name in names
            if row[f"stored_{name}"] != row[f"counted_{name}"]
        )
        for row in rows
    }
