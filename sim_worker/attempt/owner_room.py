"""How much an owner may still store, asked before a run is executed and again before its results are stored."""

import threading
import time
from collections.abc import Callable

from shared.state.caps import OverCap

#: Counting reads a row for each file of the owner, so it is not done for each run.
COUNT_SECONDS = 60.0
#: Owners that are remembered.
MAX_OWNERS = 1000


class OwnerRoom:
    """Counts of what owners have stored, each with what this worker has stored since. Thread-safe.

    The limit is not strict: other workers store at the same time.
    """

    def __init__(self, maximum: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._maximum = maximum
        self._clock = clock
        self._lock = threading.Lock()
        self._counted: dict[str, tuple[float, int]] = {}

    def take(self, owner: str, adding: int, count: Callable[[], int]) -> None:
        """Note that `adding` bytes of the owner will be stored; `count` counts those that are. Raises OverCap."""
        if not self._maximum:
            return
        with self._lock:
            counted = self._counted.get(owner)
        if counted and self._clock() < counted[0] + COUNT_SECONDS and counted[1] + adding <= self._maximum:
            at, stored = counted
        else:
            # Only a new count refuses, because files may have been deleted since the last one.
            at, stored = self._clock(), count()
        if stored + adding > self._maximum:
            raise OverCap(stored, adding, self._maximum)
        with self._lock:
            if len(self._counted) >= MAX_OWNERS:
                self._counted.clear()
            self._counted[owner] = (at, stored + adding)
