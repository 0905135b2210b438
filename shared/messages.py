"""Messages of RabbitMQ, and the interface for publishing them.

A message carries ids only. All state is in Postgres, so a lost or duplicate message loses nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.errors import Unavailable


@dataclass(frozen=True, slots=True)
class DispatchMessage:
    """Message to a worker: this run may be claimed."""

    run_id: UUID
    simulation_id: UUID
    correlation_id: str


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """Messages of an engine's queue that no worker has received, its consumers, and its dead letters."""

    waiting: int
    consumers: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class QueueTraffic:
    """Messages of a queue that workers have and have not acknowledged, and messages per second in and out."""

    unacked: int
    rate_in: float
    rate_out: float


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that RabbitMQ has put aside, because no worker could read it or because it came back too often.

    `id` is a hash of the body, so that the same message has the same id whenever it is read. `reason` and `died_at` are
    RabbitMQ's, of the first time; `run_id` is None when the message names no run. `text` is the body's beginning.
    """

    id: str
    reason: str | None
    died_at: datetime | None
    sent_at: datetime | None
    run_id: UUID | None
    text: str


class BrokerAway(Unavailable):
    """RabbitMQ cannot be reached, refuses the connection, or did not confirm in time."""


class Traffic(Protocol):
    """Interface for asking the traffic of queues."""

    def traffic(self, engines: Collection[str]) -> Mapping[str, QueueTraffic]:
        """The traffic of the queues of `engines`, without those that have none yet. Raises BrokerAway."""

    def close(self) -> None:
        """Close the connection."""


class Publisher(Protocol):
    """Interface for publishing to RabbitMQ and for asking the length of a queue. Every method raises BrokerAway."""

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        """Publish to the engine's queue; returns once RabbitMQ has confirmed."""

    def waiting(self, engine: str) -> int:
        """Number of messages in the engine's queue that no worker has received."""
