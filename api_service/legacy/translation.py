"""Translates the state of a simulation to the vocabulary of the old contract. Pure."""

from dataclasses import dataclass

from api_service.simulations.queries import SimulationView
from shared.enums import Status

#: The only words that the old page knows for a cancellation.
CANCELLED_ERROR = "Task cancelled by user"


@dataclass(frozen=True, slots=True)
class LegacyState:
    """State of the task, status of the simulation, progress in percent, and a message for people."""

    state: str
    status: str
    progress: int
    message: str

    @property
    def ready(self) -> bool:
        """Whether the task has ended."""
        return self.state in ("SUCCESS", "FAILURE", "REVOKED")

    @property
    def page_status(self) -> str:
        """The status for the old page, which knows no cancelled simulation and would wait for its end for ever."""
        return "failed" if self.state == "REVOKED" else self.status


def translate(simulation: SimulationView) -> LegacyState:
    """Returns the state for an old client: running from the first run on, also while no run is active."""
    counts, progress = simulation.counts, simulation.progress
    if simulation.status is Status.CANCELLED:
        return LegacyState("REVOKED", "cancelled", progress, "Simulation was cancelled")
    if simulation.status is Status.SUCCEEDED:
        return LegacyState("SUCCESS", "completed", 100, f"{counts.succeeded} of {counts.total} runs succeeded")
    if simulation.status is Status.FAILED:
        return LegacyState("FAILURE", "failed", progress, f"None of {counts.total} runs succeeded")
    if simulation.status is Status.QUEUED and simulation.ended == 0:
        return LegacyState("PENDING", "pending", 0, "Simulation is waiting to start")
    current = min(simulation.ended + 1, counts.total)
    return LegacyState("PROGRESS", "running", progress, f"Processing simulation {current} of {counts.total}...")
