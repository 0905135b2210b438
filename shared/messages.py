"""What travels through RabbitMQ: ids only. The truth is in Postgres, so a lost or doubled message loses nothing."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class DispatchMessage:
    """Tells a worker that a run may be claimed."""

    run_id: UUID
    simulation_id: UUID
    correlation_id: str


class BrokerAway(Unavailable):
    """RabbitMQ cannot be reached, refuses, or did not confirm in time."""


class Publisher(Protocol):
    """Whoever can hand messages to RabbitMQ and say how many wait there. Every method raises BrokerAway."""

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        """Publish to the engine's queue; returns once RabbitMQ has confirmed."""

    def waiting(self, engine: str) -> int:
        """How many messages of the engine's queue are with no worker."""
