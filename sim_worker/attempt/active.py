"""Registry of this worker's current attempts: entered after a claim, left after the commit, read by the heartbeat."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from shared import metrics
from shared.state.claim import Claimed
from shared.state.finished import AttemptKey
from sim_worker.engine.progress import SIMULATION_STARTS, Progress
from sim_worker.engine.watch import Stop, StopSignal

#: Below this progress no estimate is made: sizing and warm-up come first, and their duration is not proportional.
TELLING_PERCENT = SIMULATION_STARTS + 2
#: Safety factor on the time left: an estimate may be this much too long without a run being stopped that could end.
DOUBT = 1.5


@dataclass(slots=True)
class ActiveAttempt:
    """One attempt in progress: its claim, its progress, and its stop signal."""

    claimed: Claimed
    entered: float = field(default_factory=time.monotonic)
    thread: int = field(default_factory=threading.get_ident)
    stop: StopSignal = field(default_factory=StopSignal)
    progress: Progress = field(default_factory=lambda: Progress(0, "Fetching the inputs"))

    @property
    def key(self) -> AttemptKey:
        """Key with the fencing token, for every write about this attempt."""
        return AttemptKey(self.claimed.simulation_id, self.claimed.run_id, self.claimed.attempt)

    @property
    def expected_seconds(self) -> float | None:
        """Estimated remaining time by the progress so far; None while the progress is below TELLING_PERCENT."""
        done = self.progress.percent
        if done < TELLING_PERCENT:
            return None
        return (time.monotonic() - self.entered) * (100 - done) / done

    def report(self, progress: Progress) -> None:
        """Store the progress; the next beat writes it to the database."""
        self.progress = progress


class ActiveAttempts:
    """Registry of attempts by run. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_run: dict[UUID, ActiveAttempt] = {}
        self._idle = threading.Event()
        self._idle.set()
        self._giving_back = False

    def enter(self, claimed: Claimed) -> ActiveAttempt:
        """Register a claimed attempt. After `give_back_all` it is requested to stop at once."""
        attempt = ActiveAttempt(claimed)
        with self._lock:
            self._by_run[claimed.run_id] = attempt
            self._idle.clear()
            giving_back = self._giving_back
            metrics.worker_runs_active.set(len(self._by_run))
        if giving_back:
            attempt.stop.request(Stop.DRAINED)
        return attempt

    def find(self, run_id: UUID) -> ActiveAttempt | None:
        """The attempt at this run, None when there is none."""
        with self._lock:
            return self._by_run.get(run_id)

    def mine(self, run_id: UUID) -> ActiveAttempt | None:
        """The attempt at this run that the calling thread has entered, else None.

        A thread with a duplicate message of the run has entered none, so it cannot end another thread's attempt.
        """
        attempt = self.find(run_id)
        return attempt if attempt is not None and attempt.thread == threading.get_ident() else None

    def leave(self, run_id: UUID) -> None:
        """Remove the calling thread's attempt at this run, if there is one."""
        if self.mine(run_id) is None:
            return
        with self._lock:
            self._by_run.pop(run_id, None)
            metrics.worker_runs_active.set(len(self._by_run))
            if not self._by_run:
                self._idle.set()

    def all(self) -> Sequence[ActiveAttempt]:
        """All attempts in progress."""
        with self._lock:
            return list(self._by_run.values())

    def wait_until_idle(self, seconds: float) -> bool:
        """Wait until there are no attempts; returns False when `seconds` have passed before."""
        return self._idle.wait(seconds)

    def give_back_longer_than(self, seconds: float) -> None:
        """Give back the runs that will probably not end within `seconds`, because this worker drains."""
        for attempt in self.all():
            expected = attempt.expected_seconds
            if expected is not None and expected > DOUBT * seconds:
                attempt.stop.request(Stop.DRAINED)

    def give_back_all(self) -> None:
        """Give back all runs, including those claimed from now on, because this worker drains."""
        with self._lock:
            self._giving_back = True
            attempts = list(self._by_run.values())
        for attempt in attempts:
            attempt.stop.request(Stop.DRAINED)
