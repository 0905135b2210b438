"""Thread that runs the self-test, so that a worker which cannot execute runs takes none.

It tests at the start, after every failed attempt that the model did not cause (required by the retry middleware), and
repeatedly while the test fails.
"""

import threading
from collections.abc import Callable

from shared.logging import get_logger
from sim_worker.service.readiness import Readiness

log = get_logger(__name__)

FIRST_WAIT_SECONDS = 1.0
#: Short, because a disk is freed or a store comes back at any time, and the test costs very little.
MAX_WAIT_SECONDS = 15.0


class SelfTestLoop:
    """Runs `test`, which returns None or a sentence that describes a fault, and records the result in `readiness`."""

    def __init__(self, test: Callable[[], str | None], readiness: Readiness) -> None:
        self._test = test
        self._readiness = readiness
        self._lock = threading.Lock()
        self._tests_required = 1
        self._wake = threading.Event()
        self._wake.set()
        self._stop = threading.Event()
        self._judged = threading.Event()
        self._thread = threading.Thread(target=self._run, name="self_tests", daemon=True)

    def start(self) -> None:
        """Start the thread, which begins with a test."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread, without waiting for a test that is in progress and may hang."""
        self._stop.set()
        self._wake.set()

    def wait_for_first_result(self, seconds: float) -> bool:
        """Wait for the result of the first test; returns False when `seconds` have passed before."""
        return self._judged.wait(seconds)

    def require_self_test(self) -> None:
        """Take no more runs until a test has passed that began after this call."""
        with self._lock:
            self._tests_required += 1
            self._readiness.require_self_test()
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._stop.is_set():
                return
            self._test_until_fit()

    def _test_until_fit(self) -> None:
        wait = FIRST_WAIT_SECONDS
        logged = None
        while not self._stop.is_set():
            tests_required = self._tests_required
            fault = self._test()
            with self._lock:
                settled = self._tests_required == tests_required
                self._readiness.record_self_test(fault, settled=settled)
            self._judged.set()
            if fault is None and settled:
                if logged is not None:
                    log.info("worker.fit")
                return
            if fault is not None:
                if fault != logged:
                    log.error("worker.unfit", reason=fault)
                logged = fault
                self._stop.wait(wait)
                wait = min(2 * wait, MAX_WAIT_SECONDS)
