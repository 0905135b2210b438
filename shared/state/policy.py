"""What follows from an attempt that ended without a result: a pure decision, written by the finishing transaction."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Requeue:
    """Try again, no sooner than `delay` from now."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class GiveUp:
    """The attempts are used up: the run fails."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Exponential backoff after an infrastructure error; model errors never come here.

    `base` is the wait before the second attempt; every further one doubles it, up to `longest`. Leaving workers may
    give a run back uncharged `max_give_backs` times in a round: one that is longer than workers live must end some day.
    """

    base: timedelta
    longest: timedelta = timedelta(minutes=10)
    max_give_backs: int = 5

    def decide(self, charged: int, max_attempts: int) -> Requeue | GiveUp:
        """The decision after the `charged`-th charged attempt has failed."""
        if charged >= max_attempts:
            return GiveUp()
        return Requeue(min(self.base * 2 ** min(charged - 1, 30), self.longest))
