"""The state of RabbitMQ for /readyz and /queues, and its dead letters; every answer comes within a few seconds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from api_service.http.bounded import BoundedQuestions
from shared.messages import BrokerAway, DeadLetter, QueueDepth, QueueTraffic, Traffic

#: A healthy RabbitMQ answers within milliseconds; clients of the health check do not wait much longer than this.
PATIENCE_SECONDS = 3.0
#: How long the numbers of /queues are given again, however many clients ask.
FRESH_SECONDS = 1.0
NOT_CONFIGURED = "EPSM_BROKER_MANAGEMENT_URL is not set"


class Broker(Protocol):
    """The requests that this module makes to RabbitMQ. All raise BrokerAway."""

    def check(self) -> None:
        """Checks that RabbitMQ answers."""

    def depth(self, engine: str) -> QueueDepth:
        """Returns how many messages and consumers the engine's queue has."""

    def dead_letters(self, engine: str, most: int) -> Sequence[DeadLetter]:
        """Returns the oldest dead letters of the engine's queue, which stay where they are."""

    def drop_dead_letters(self, engine: str, ids: Collection[str], most: int) -> int:
        """Removes dead letters from the `most` oldest ones; returns how many remain."""


@dataclass(frozen=True, slots=True)
class BrokerQueue:
    """What RabbitMQ says about one queue: None where it is unknown, with the reason."""

    depth: QueueDepth | None = None
    depth_unknown: str | None = None
    traffic: QueueTraffic | None = None
    traffic_unknown: str | None = None


class BrokerView:
    """Makes requests to RabbitMQ, one at a time, and to its management API, if there is one."""

    def __init__(
        self, broker: Broker, management: Traffic | None = None, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._broker = broker
        self._management = management
        self._questions = BoundedQuestions("RabbitMQ", patience_seconds)
        self._of_management = BoundedQuestions("RabbitMQ's management API", patience_seconds)

    def fault(self) -> str | None:
        """Returns None when RabbitMQ answers, else the reason in one sentence."""
        try:
            self._questions.share("check", self._broker.check)
        except BrokerAway as error:
            return str(error)
        return None

    def queues(self, engines: Sequence[str]) -> dict[str, BrokerQueue]:
        """Returns the numbers of each engine's queue, at most FRESH_SECONDS old."""
        depths, depth_unknown = self._depths(engines)
        traffic, traffic_unknown = self._traffic(engines)
        return {
            engine: BrokerQueue(
                depths.get(engine),
                depth_unknown,
                traffic.get(engine),
                traffic_unknown if engine not in traffic else None,
            )
            for engine in engines
        }

    def dead_letters(self, engine: str, most: int) -> Sequence[DeadLetter]:
        """Returns the oldest dead letters of the engine's queue, which stay where they are. Raises BrokerAway."""
        return self._questions.ask(lambda: self._broker.dead_letters(engine, most))

    def drop_dead_letters(self, engine: str, ids: Collection[str], most: int) -> int:
        """Removes dead letters from the `most` oldest ones; returns how many remain. Raises BrokerAway."""
        return self._questions.ask(lambda: self._broker.drop_dead_letters(engine, ids, most))

    def close(self) -> None:
        """Stops the threads without waiting for a pending request."""
        self._questions.close()
        self._of_management.close()
        if self._management is not None:
            self._management.close()

    def _depths(self, engines: Sequence[str]) -> tuple[Mapping[str, QueueDepth], str | None]:
        key = ("queues", *engines)
        try:
            depths = self._questions.share(
                key, lambda: {engine: self._broker.depth(engine) for engine in engines}, fresh_seconds=FRESH_SECONDS
            )
        except BrokerAway as error:
            return {}, str(error)
        return depths, None

    def _traffic(self, engines: Sequence[str]) -> tuple[Mapping[str, QueueTraffic], str]:
        if (management := self._management) is None:
            return {}, NOT_CONFIGURED
        key = ("traffic", *engines)
        try:
            traffic = self._of_management.share(key, lambda: management.traffic(engines), fresh_seconds=FRESH_SECONDS)
        except BrokerAway as error:
            return {}, str(error)
        return traffic, "RabbitMQ has not counted the messages of this queue yet"
