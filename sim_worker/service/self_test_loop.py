"""A worker that cannot work must not take work: after a failure that no model is to blame for, it tests itself first.

One thread tests at the start and whenever the retry middleware requires it, and again while something is wrong.
"""

import threading
from collections.abc import Callable

from shared.logging import get_logger
from sim_worker.service.readiness import Readiness

log = get_logger(__name__)

FIRST_WAIT_SECONDS = 1.0
#: A disk is freed or a store comes back at any time, and the test costs next to nothing.
MAX_WAIT_SECONDS = 15.0


class SelfTestLoop:
    """Runs `test`, which gives None or a sentence, and tells `readiness` what it found."""

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
        """Begin with a test."""
        self._thread.start()

    def stop(self) -> None:
        """Test no more; a test that hangs is not waited for."""
        self._stop.set()
        self._wake.set()

    def wait_for_first_result(self, seconds: float) -> bool:
        """Wait for the first verdict; whether it came in time."""
        return self._judged.wait(seconds)

    def require_self_test(self) -> None:
        """Take no run, from this very moment on, before a test has passed that begins now or later."""
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
        told = None
        while not self._stop.is_set():
            tests_required = self._tests_required
            fault = self._test()
            with self._lock:
                settled = self._tests_required == tests_required
                self._readiness.record_self_test(fault, settled=settled)
            self._judged.set()
            if fault is None and settled:
                if told is not None:
                    log.info("worker.fit")
                return
            if fault is not None:
                if fault != told:
                    log.error("worker.unfit", reason=fault)
                told = fault
                self._stop.wait(wait)
                wait = min(2 * wait, MAX_WAIT_SECONDS)
