"""Queries of ended simulations for the old contract: a summary of every run, or the first failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from api_service.runs.design_queries import design_keys
from api_service.simulations.queries import SimulationView
from shared.db.tables import Result, Run
from shared.energyplus.catalogue import HEADLINES
from shared.enums import Status

#: A submission by the old contract has at most one run per file; larger ones are read through /api/v1.
MAX_RUNS = 1000


@dataclass(frozen=True, slots=True)
class Summary:
    """A run with its main metrics, once `Designs` has filled in its parameters."""

    design: str | None
    run_id: UUID
    index: int
    file_name: str
    weather: str
    parameters: Mapping[str, Any] | None
    variant: int | None
    status: str
    error: str | None
    metrics: Mapping[str, Any] | None

    def to_json(self) -> dict[str, Any]:
        """Returns the summary as the old contract has it."""
        same = ("index", "file_name", "weather", "parameters", "status", "error")
        metrics = self.metrics
        return {
            "run_id": str(self.run_id),
            **{name: getattr(self, name) for name in same},
            "metrics": None if metrics is None else {metric.name: metrics.get(metric.name) for metric in HEADLINES},
        }


def summaries(connection: Connection, simulation: SimulationView) -> list[Summary]:
    """Returns the runs by index, at most MAX_RUNS."""
    columns = (Run.id, Run.index, Run.model, Run.weather, Run.parameters, Run.variant, Run.status, Run.error_message)
    rows = connection.execute(
        select(*columns, Result.metrics)
        .outerjoin(Result, Result.run_id == Run.id)
        .where(Run.simulation_id == simulation.id)
        .order_by(Run.index)
        .limit(MAX_RUNS)
    )
    design = design_keys(connection, [simulation.id]).get(simulation.id)
    return [Summary(design, *row) for row in rows]


def first_failure(connection: Connection, simulation: SimulationView) -> str | None:
    """Returns the error message of the failed run with the lowest index; None when no run has failed."""
    return connection.scalar(
        select(Run.error_message)
        .where(Run.simulation_id == simulation.id, Run.status == Status.FAILED.value)
        .order_by(Run.index)
        .limit(1)
    )
