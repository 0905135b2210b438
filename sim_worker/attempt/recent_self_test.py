"""The self-test as attempts ask for it: one that has passed counts for a while."""

import threading
import time
from collections.abc import Callable

#: A test a minute is no load, whatever is submitted.
PASS_SECONDS = 60.0


class RecentSelfTest:
    """A self-test whose pass is remembered, so that many models that crash EnergyPlus do not cause one each.

    A test that failed is not remembered. Thread-safe.
    """

    def __init__(self, test: Callable[[], str | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._test = test
        self._clock = clock
        self._lock = threading.Lock()
        self._passed_at: float | None = None

    def __call__(self, *, anew: bool = False) -> str | None:
        """None when the worker is fit, else a sentence that describes the fault; with `anew` it is tested now."""
        with self._lock:
            if anew or self._passed_at is None or self._clock() >= self._passed_at + PASS_SECONDS:
                self._passed_at = None
                if (fault := self._test()) is not None:
                    return fault
                self._passed_at = self._clock()
            return None
