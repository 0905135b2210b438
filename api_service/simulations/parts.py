"""Parts of a simulation as the API shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SimulationLinks:
    """URLs that belong to a simulation."""

    self: str
    runs: str
    cancel: str
    retry: str


@dataclass(frozen=True, slots=True)
class BreakerView:
    """An open circuit breaker: how many runs failed, and the error of the last of them."""

    opened_at: datetime
    failures: int
    same_cause: bool
    code: str
    message: str
    run_id: UUID

    @classmethod
    def of(
        cls, opened_at: datetime | None, cause: Mapping[str, Any] | None, *, ended_at: datetime | None
    ) -> "BreakerView | None":
        """Returns the breaker from the columns of a simulation; None when it is closed, or nothing is left to hold."""
        if opened_at is None or cause is None or ended_at is not None:
            return None
        same = {name: cause[name] for name in ("failures", "same_cause", "code", "message")}
        return cls(opened_at, run_id=UUID(cause["run_id"]), **same)
