"""Waiting for a condition."""

import time
from collections.abc import Callable


class Impatient(AssertionError):
    """A condition did not hold in time."""


def until(condition: Callable[[], bool], what: str, seconds: float) -> None:
    """Waits until `condition` holds. Raises Impatient."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Impatient(f"it did not come about that {what}")
        time.sleep(0.02)
