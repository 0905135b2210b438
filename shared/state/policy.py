"""Retry decision after a failed attempt: pure functions; `finish.py` writes the decision to the database."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Requeue:
    """Decision to try again after `delay`."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Decision to fail the run, because it has no attempts left."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff after an infrastructure error. Runs with a model error are not retried.

    `base` is the delay before the second attempt; it doubles with each further attempt, up to `longest`. Drained
    workers may give a run back `max_give_backs` times per round without charging it. The bound makes sure that a run
    which takes longer than its workers live ends at some point.
    """

    base: timedelta
    longest: timedelta = timedelta(minutes=10)
    max_give_backs: int = 5

    def decide(self, charged: int, max_attempts: int) -> Requeue | GiveUp:
        """The decision after charged attempt number `charged` has failed."""
        if charged >= max_attempts:
            return GiveUp()
        return Requeue(min(self.base * 2 ** min(charged - 1, 30), self.longest))
