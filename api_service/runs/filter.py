"""Filter of a list of runs, as SQL conditions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import gt, lt
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute

from shared.db.tables import Run, Simulation


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Filter of a list of runs; None means no condition. `q` is a part of the model's name or of a message."""

    simulation_id: UUID | None = None
    status: str | None = None
    owner: str | None = None
    engine: str | None = None
    worker: str | None = None
    q: str | None = None
    started_after: datetime | None = None
    started_before: datetime | None = None
    ended_after: datetime | None = None
    ended_before: datetime | None = None

    @property
    def searches(self) -> bool:
        """Whether there is a condition that no index serves; of one simulation, all runs may be read."""
        if self.simulation_id is None and (self.status or self.engine or self.worker):
            return True
        return bool(self.q or self.bounds("started_at") or self.bounds("ended_at"))

    def bounds(self, column: str) -> list[tuple[Callable[[Any, Any], Any], datetime]]:
        """Returns the comparisons with a column of time."""
        name = column.removesuffix("_at")
        asked = ((gt, getattr(self, f"{name}_after")), (lt, getattr(self, f"{name}_before")))
        return [(compare, moment) for compare, moment in asked if moment is not None]

    def of_run(self) -> list[ColumnElement[bool]]:
        """Returns the SQL conditions on runs."""
        found = _equal((Run.status, self.status), (Run.engine, self.engine), (Run.worker_id, self.worker))
        for column in (Run.started_at, Run.ended_at):
            found += [compare(column, moment) for compare, moment in self.bounds(column.key)]
        if self.q:
            texts = (Run.model, Run.message, Run.error_message)
            found.append(or_(*(text.icontains(self.q, autoescape=True) for text in texts)))
        return found

    def of_simulation(self) -> list[ColumnElement[bool]]:
        """Returns the SQL conditions on their simulations."""
        return _equal((Simulation.id, self.simulation_id), (Simulation.owner, self.owner))


def _equal(*asked: tuple[InstrumentedAttribute[Any], object]) -> list[ColumnElement[bool]]:
    return [column == value for column, value in asked if value is not None]
