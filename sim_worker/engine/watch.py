"""Limits and the request to stop of one execution, enforced on its children."""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from time import monotonic

from shared.confinement.child import Child
from shared.confinement.exit import Exit
from shared.confinement.sandbox import Sandbox
from shared.helper import HelperLimits
from sim_worker.engine.usage import excess, overuse

#: Interval of checks on the child; its end and a request to stop wake the supervisor at once.
POLL_SECONDS = 0.25


class Stop(StrEnum):
    """Reason of a request to stop an execution."""

    CANCELLED = "cancelled"
    LEASE_LOST = "lease_lost"
    DRAINED = "drained"


class Stopped(Exception):
    """The execution was requested to stop."""

    def __init__(self, reason: Stop) -> None:
        super().__init__(reason)
        self.reason = reason


class StopSignal:
    """A request to stop, which wakes the supervisor; the first reason is kept. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason: Stop | None = None
        #: Set by a request to stop and by the child's end; the supervisor waits on it.
        self.wake = threading.Event()

    def request(self, reason: Stop) -> None:
        """Request to stop."""
        with self._lock:
            self._reason = self._reason or reason
        self.wake.set()

    @property
    def requested(self) -> Stop | None:
        """The reason of the request, None while there is none."""
        return self._reason


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits and sandbox of one run: SIGTERM after `soft_seconds`, SIGKILL after `hard_seconds`.

    `file_bytes` limits a single file, `scratch_bytes` all files together. `helper` limits each reading of foreign text.
    """

    soft_seconds: float = 3300.0
    hard_seconds: float = 3600.0
    memory_bytes: int | None = None
    file_bytes: int | None = None
    scratch_bytes: int | None = None
    sandbox: Sandbox | None = None
    helper: HelperLimits = field(default_factory=HelperLimits)

    @property
    def single_file_bytes(self) -> int | None:
        """The limit of a single file that the kernel enforces: no file may be larger than all together."""
        return min((size for size in (self.file_bytes, self.scratch_bytes) if size is not None), default=None)


class LimitWatch:
    """Enforces the limits and the stop request of one execution on its children, one after the other."""

    def __init__(self, limits: Limits, stop: StopSignal, started: float, directory: Path) -> None:
        self._limits = limits
        self._directory = directory
        self._stop = stop
        self._started = started
        self.stopped: Stop | None = None
        self.timed_out = False
        self.overuse = ""

    def rearm(self) -> threading.Event:
        """Clear and return the event to wait on for the next child.

        A request that came before is not lost: `until_end` checks `requested` before it waits.
        """
        self._stop.wake.clear()
        return self._stop.wake

    def until_end(self, child: Child, poll: Callable[[], None]) -> Exit:
        """Poll until the child has ended, by itself, by a limit or by a request; returns its exit status."""
        try:
            while True:
                self._enforce(child)
                self._stop.wake.wait(POLL_SECONDS)
                if (ended := child.exit) is not None:
                    # Files written since the last check count too, because they will be read and stored.
                    self.overuse = self.overuse or excess(self._directory, self._limits.scratch_bytes)
                    return ended
                if self._stop.requested is not None:
                    self._stop.wake.clear()
                poll()
        except BaseException:
            # Whatever the exception is, the child is not supervised from here on, so it must not continue.
            child.signal(signal.SIGKILL)
            raise

    def _enforce(self, child: Child) -> None:
        elapsed = monotonic() - self._started
        if self._stop.requested is not None:
            self.stopped = self._stop.requested
            child.signal(signal.SIGKILL)
        elif self.overuse or (found := overuse(self._directory, child.pid, self._limits.scratch_bytes)):
            self.overuse = self.overuse or found
            child.signal(signal.SIGKILL)
        elif elapsed >= self._limits.hard_seconds:
            self.timed_out = True
            child.signal(signal.SIGKILL)
        elif elapsed >= self._limits.soft_seconds and not self.timed_out:
            self.timed_out = True
            child.signal(signal.SIGTERM)
