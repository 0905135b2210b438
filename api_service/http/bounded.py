"""Questions to RabbitMQ on a thread of their own: within a few seconds an answer, or the reason why there is none.

One thread asks all questions of one kind, because every thread that talks to RabbitMQ keeps a connection of its own.
"""

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from shared.messages import BrokerAway

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Asked:
    at: float
    answer: "Future[Any]"


class BoundedQuestions:
    """Asks one question at a time, each for at most `patience_seconds`; `who` is named in the reasons."""

    def __init__(self, who: str, patience_seconds: float) -> None:
        self._who = who
        self._patience = patience_seconds
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="broker-view")
        self._lock = threading.Lock()
        self._shared: dict[Hashable, _Asked] = {}

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Asks and returns the answer. Raises BrokerAway."""
        asked = self._submit(question)
        try:
            return cast(Answer, self._wait(asked))
        finally:
            # Not yet begun when the thread is busy with another question.
            asked.answer.cancel()

    def share(self, key: Hashable, question: Callable[[], Answer], *, fresh_seconds: float = 0) -> Answer:
        """Asks, or returns the answer to the question with the same `key` that is being asked or is still fresh.

        A failure is shared as well. Raises BrokerAway.
        """
        with self._lock:
            asked = self._shared.get(key)
            if asked is None or (asked.answer.done() and time.monotonic() - asked.at >= fresh_seconds):
                asked = self._shared[key] = self._submit(question)
        return cast(Answer, self._wait(asked))

    def close(self) -> None:
        """Stops the thread without waiting for a pending question."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, question: Callable[[], Any]) -> _Asked:
        return _Asked(time.monotonic(), self._executor.submit(_twice, question))

    def _wait(self, asked: _Asked) -> Any:
        # Whoever joins a question that has been asked for long does not wait as long again.
        left = max(0.0, asked.at + self._patience - time.monotonic())
        try:
            return asked.answer.result(left)
        except (NotYet, CancelledError):
            raise BrokerAway(f"{self._who} did not answer within {self._patience:g} s") from None


def _twice(question: Callable[[], Answer]) -> Answer:
    # RabbitMQ closes a connection that has been idle for long, and the client notices that only at the next use.
    try:
        return question()
    except BrokerAway:
        return question()
