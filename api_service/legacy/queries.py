"""Queries of ended simulations for the old contract: a summary of every run, or the first failure."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from api_service.simulations.queries import SimulationView
from shared.db.tables import Result, Run
from shared.energyplus.catalogue import HEADLINES
from shared.enums import Status

#: A submission by the old contract has at most one run per file; larger ones are read through /api/v1.
MAX_RUNS = 1000


def summaries(connection: Connection, simulation: SimulationView) -> Sequence[dict[str, Any]]:
    """Returns the runs with their main metrics, by index, at most MAX_RUNS."""
    rows = connection.execute(
        select(
            Run.id,
            Run.index.label("run_index"),
            Run.model,
            Run.weather,
            Run.parameters,
            Run.status,
            Run.error_message,
            Result.metrics,
        )
        .outerjoin(Result, Result.run_id == Run.id)
        .where(Run.simulation_id == simulation.id)
        .order_by(Run.index)
        .limit(MAX_RUNS)
    )
    return [
        {
            "run_id": str(row.id),
            "index": row.run_index,
            "file_name": row.model,
            "weather": row.weather,
            "parameters": row.parameters,
            "status": row.status,
            "error": row.error_message,
            "metrics": None
            if row.metrics is None
            else {metric.name: row.metrics.get(metric.name) for metric in HEADLINES},
        }
        for row in rows
    ]


def first_failure(connection: Connection, simulation: SimulationView) -> str | None:
    """Returns the error message of the failed run with the lowest index; None when no run has failed."""
    return connection.scalar(
        select(Run.error_message)
        .where(Run.simulation_id == simulation.id, Run.status == Status.FAILED.value)
        .order_by(Run.index)
        .limit(1)
    )
