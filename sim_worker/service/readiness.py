"""Readiness of the worker: whether it takes runs, and which status it reports.

Read by the broker, the heartbeat and /healthz. Written by the self-test (`self_test_loop.py`), by the heartbeat (drain
requested by an operator) and by the service (SIGTERM), each its own part.
"""

import time
from collections.abc import Callable

from shared.enums import WorkerStatus
from shared.state.fleet import Condition

#: A self-test takes less than a second. One that takes longer than this hangs, for instance on the store: a fault too.
HANGING_SECONDS = 90.0


class Readiness:
    """The worker takes runs when its self-test has passed, no drain is requested and it is not stopping.

    Before the first self-test has ended it is not ready. Users see why a worker takes no runs; `clean` takes out of a
    fault what they should not read.
    """

    def __init__(self, clean: Callable[[str], str] = str) -> None:
        self._clean = clean
        self._fault: str | None = "the self-test at the start has not ended yet"
        self._test_required_at: float | None = time.monotonic()
        #: An operator has requested that the worker takes no more runs.
        self.drain_requested = False
        #: The worker is stopping, after SIGTERM or SIGINT.
        self.leaving = False

    def require_self_test(self) -> None:
        """Take no runs until a self-test has passed; it is expected to begin now."""
        self._test_required_at = self._test_required_at or time.monotonic()

    def record_self_test(self, fault: str | None, *, settled: bool = True) -> None:
        """Record the result of a self-test: `fault` is None or a sentence.

        When not `settled`, another self-test was required meanwhile, and no runs are taken before its result.
        """
        self._fault = None if fault is None else self._clean(fault)
        self._test_required_at = None if settled else time.monotonic()

    @property
    def takes_runs(self) -> bool:
        """Whether a run may be started."""
        return self._fault is None and self._test_required_at is None and not self.drain_requested and not self.leaving

    @property
    def fault(self) -> str | None:
        """Why no run can be carried out by this worker, None when there is no fault."""
        if self._fault is None and self._test_required_at is not None:
            hanging = time.monotonic() - self._test_required_at
            if hanging > HANGING_SECONDS:
                return f"the self-test has not ended for {hanging:.0f} s"
        return self._fault

    def condition(self, runs: int) -> Condition:
        """The status that the worker reports while it has `runs` runs in progress."""
        fault = self.fault
        if self.leaving:
            return Condition(WorkerStatus.DRAINING, fault)
        if self.drain_requested:
            return Condition(WorkerStatus.DRAINING if runs else WorkerStatus.DRAINED, fault)
        if fault is not None:
            return Condition(WorkerStatus.UNFIT, fault)
        return Condition()
