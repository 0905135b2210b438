"""Filter of a list of simulations, as SQL conditions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, true

from shared.db.tables import Simulation


@dataclass(frozen=True, slots=True)
class SimulationFilter:
    """Filter of a list of simulations; None means no condition."""

    status: str | None = None
    name: str | None = None
    owner: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None

    def by_index(self) -> list[ColumnElement[bool]]:
        """Returns the SQL conditions that indexes serve."""
        columns = ((Simulation.status, self.status), (Simulation.owner, self.owner))
        found = [column == value for column, value in columns if value is not None]
        if self.created_after is not None:
            found.append(Simulation.created_at > self.created_after)
        if self.created_before is not None:
            found.append(Simulation.created_at < self.created_before)
        return found

    def by_name(self) -> ColumnElement[bool]:
        """Returns the SQL condition on the name."""
        return true() if self.name is None else Simulation.name.icontains(self.name, autoescape=True)
