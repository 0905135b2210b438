"""Whether this worker takes runs, and what it says of itself: asked by the broker, the heartbeat and /healthz.

Written by the self-test (`self_tests.py`), the heartbeat (an operator's wish) and the service (SIGTERM), each its part.
"""

import time

from shared.enums import WorkerStatus
from shared.state.fleet import Condition

#: A self-test takes less than a second. One that hangs, as a store can, is a fault of its own.
HANGING_SECONDS = 90.0


class Readiness:
    """Fit, wanted and not leaving: then it takes runs. Nothing here is known to be well before the first self-test."""

    def __init__(self) -> None:
        self._fault: str | None = "the self-test at the start has not ended yet"
        self._test_required_at: float | None = time.monotonic()
        #: An operator has asked it to take no more runs.
        self.drain_requested = False
        #: It has been told to stop.
        self.leaving = False

    def require_self_test(self) -> None:
        """From now on a self-test is under way."""
        self._test_required_at = self._test_required_at or time.monotonic()

    def record_self_test(self, fault: str | None, *, settled: bool = True) -> None:
        """What the self-test has found; not `settled` while another one is wanted before runs are taken."""
        self._fault = fault
        self._test_required_at = None if settled else time.monotonic()

    @property
    def takes_runs(self) -> bool:
        """Whether a run may be begun."""
        return self._fault is None and self._test_required_at is None and not self.drain_requested and not self.leaving

    @property
    def fault(self) -> str | None:
        """Why no run could be carried out here, or None."""
        if self._fault is None and self._test_required_at is not None:
            hanging = time.monotonic() - self._test_required_at
            if hanging > HANGING_SECONDS:
                return f"the self-test has not ended for {hanging:.0f} s"
        return self._fault

    def condition(self, runs: int) -> Condition:
        """What it says of itself while it has so many runs."""
        fault = self.fault
        if self.leaving:
            return Condition(WorkerStatus.DRAINING, fault)
        if self.drain_requested:
            return Condition(WorkerStatus.DRAINING if runs else WorkerStatus.DRAINED, fault)
        if fault is not None:
            return Condition(WorkerStatus.UNFIT, fault)
        return Condition()
