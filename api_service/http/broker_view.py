"""The state of RabbitMQ for /readyz and /queues: within a few seconds an answer, or the reason why there is none.

One thread makes all requests, because every thread that talks to RabbitMQ keeps a connection of its own.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Protocol

from shared.messages import BrokerAway

#: A healthy RabbitMQ answers within milliseconds; clients of the health check do not wait much longer than this.
PATIENCE_SECONDS = 3.0


class Broker(Protocol):
    """The requests that this module makes to RabbitMQ. Both raise BrokerAway."""

    def check(self) -> None:
        """Checks that RabbitMQ answers."""

    def waiting(self, engine: str) -> int:
        """Returns how many messages of the engine's queue have not been delivered to a worker."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The number of undelivered messages, or None and the reason why it is unknown."""

    messages: int | None
    reason: str | None = None


class BrokerView:
    """Makes requests to RabbitMQ, one at a time."""

    def __init__(self, broker: Broker, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._broker = broker
        self._patience = patience_seconds
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="broker-view")
        self._lock = threading.Lock()
        self._pending: Future[list[int]] | None = None

    def fault(self) -> str | None:
        """Returns None when RabbitMQ answers, else the reason in one sentence."""
        answer = self._ask(self._check)
        return answer if isinstance(answer, str) else None

    def waiting(self, engines: list[str]) -> dict[str, Waiting]:
        """Returns the number of undelivered messages of each engine."""
        answer = self._ask(lambda: [self._broker.waiting(engine) for engine in engines])
        if isinstance(answer, str):
            return {engine: Waiting(None, answer) for engine in engines}
        return {engine: Waiting(count) for engine, count in zip(engines, answer, strict=True)}

    def close(self) -> None:
        """Stops the thread without waiting for a pending request."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _check(self) -> list[int]:
        self._broker.check()
        return []

    def _ask(self, question: Callable[[], list[int]]) -> list[int] | str:
        with self._lock:
            if self._pending is not None and not self._pending.done():
                return "RabbitMQ has not answered an earlier question yet"
            self._pending = pending = self._executor.submit(_twice, question)
        try:
            return pending.result(self._patience)
        except BrokerAway as error:
            return str(error)
        except NotYet:
            return f"RabbitMQ did not answer within {self._patience:g} s"


def _twice(question: Callable[[], list[int]]) -> list[int]:
    # RabbitMQ closes a connection that has been idle for long, and the client notices that only at the next use.
    try:
        return question()
    except BrokerAway:
        return question()
