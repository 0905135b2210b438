"""What RabbitMQ says about itself, for /readyz and /queues: an answer or a reason why there is none, never a wait.

All questions go through one thread, because every thread that talks to RabbitMQ keeps a connection of its own.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Protocol

from shared.messages import BrokerAway

#: A healthy RabbitMQ answers in milliseconds; whoever asks the API for its health will not wait much longer than this.
PATIENCE_SECONDS = 3.0


class Broker(Protocol):
    """What is asked of RabbitMQ here. Both raise BrokerAway."""

    def check(self) -> None:
        """Make sure that RabbitMQ answers."""

    def waiting(self, engine: str) -> int:
        """How many messages of the engine's queue are with no worker."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages with no worker, or None and the reason why nobody knows."""

    messages: int | None
    reason: str | None = None


class BrokerView:
    """Asks RabbitMQ, one question at a time."""

    def __init__(self, broker: Broker, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._broker = broker
        self._patience = patience_seconds
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="broker-view")
        self._lock = threading.Lock()
        self._pending: Future[list[int]] | None = None

    def fault(self) -> str | None:
        """None when RabbitMQ answers, else a sentence."""
        answer = self._ask(self._check)
        return answer if isinstance(answer, str) else None

    def waiting(self, engines: list[str]) -> dict[str, Waiting]:
        """How many messages of each engine are with no worker."""
        answer = self._ask(lambda: [self._broker.waiting(engine) for engine in engines])
        if isinstance(answer, str):
            return {engine: Waiting(None, answer) for engine in engines}
        return {engine: Waiting(count) for engine, count in zip(engines, answer, strict=True)}

    def close(self) -> None:
        """Ask nothing more; a question that hangs is not waited for."""
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
    # RabbitMQ closes a connection that has been idle for long, which shows only when it is used again.
    try:
        return question()
    except BrokerAway:
        return question()
