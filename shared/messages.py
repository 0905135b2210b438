"""Messages of RabbitMQ, and the interface for publishing them.

A message carries ids only. All state is in Postgres, so a lost or duplicate message loses nothing.
"""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class DispatchMessage:
    """Message to a worker: this run may be claimed."""

    run_id: UUID
    simulation_id: UUID
    correlation_id: str


class BrokerAway(Unavailable):
    """RabbitMQ cannot be reached, refuses the connection, or did not confirm in time."""


class Publisher(Protocol):
    """Interface for publishing to RabbitMQ and for asking the length of a queue. Every method raises BrokerAway."""

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        """Publish to the engine's queue; returns once RabbitMQ has confirmed."""

    def waiting(self, engine: str) -> int:
        """Number of messages in the engine's queue that no worker has received."""
