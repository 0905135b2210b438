"""The worker's heartbeat thread: renews all leases, writes progress and status, receives cancellations and drains."""

import threading
import time
from datetime import timedelta

from shared import metrics
from shared.db.database import Database, DatabaseAway
from shared.enums import WorkerStatus
from shared.logging import get_logger
from shared.state.beat import Answers, Beat, beat
from shared.state.fleet import Condition, beat_worker
from sim_worker.attempt.active import ActiveAttempt, ActiveAttempts
from sim_worker.engine.watch import Stop
from sim_worker.service.process_usage import ProcessUsage
from sim_worker.service.readiness import Readiness

log = get_logger(__name__)


class Heartbeat:
    """A thread that sends a beat every `interval` seconds until it is stopped.

    A beat writes the worker's condition and receives requests to drain, to resume and to cancel runs.
    """

    def __init__(
        self,
        database: Database,
        active: ActiveAttempts,
        readiness: Readiness,
        worker_id: str,
        *,
        interval: float,
        lease: timedelta,
    ) -> None:
        self._database = database
        self._active = active
        self._readiness = readiness
        self._worker_id = worker_id
        self._interval = interval
        self._lease = lease
        self._usage = ProcessUsage()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        #: Monotonic time of the last beat that reached Postgres.
        self.last_beat = time.monotonic()

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; returns when it has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(self._interval):
            try:
                self.beat_once()
            except DatabaseAway as error:
                log.warning("heartbeat.missed", error=str(error).strip())

    def beat_once(self) -> None:
        """Send one beat and stop the attempts that were cancelled or have lost their lease. Raises DatabaseAway."""
        attempts = self._active.all()
        condition = self._readiness.condition(len(attempts))
        usage = self._usage.read()
        beats = [Beat(a.key.run_id, a.key.attempt, a.progress.percent, a.progress.text) for a in attempts]
        with self._database.transaction() as connection:
            drain_requested = beat_worker(connection, self._worker_id, condition, usage)
            answers = beat(connection, beats, lease=self._lease)
        self.last_beat = time.monotonic()
        self._hear(drain_requested)
        for attempt in attempts:
            self._tell(attempt, answers)

    def say_goodbye(self) -> None:
        """Write the worker's status `stopped`. Raises DatabaseAway."""
        with self._database.transaction() as connection:
            beat_worker(connection, self._worker_id, Condition(WorkerStatus.STOPPED))

    def _hear(self, drain_requested: bool) -> None:
        if drain_requested != self._readiness.drain_requested:
            log.info("worker.drain_requested" if drain_requested else "worker.resumed")
            self._readiness.drain_requested = drain_requested

    def _tell(self, attempt: ActiveAttempt, answers: Answers) -> None:
        run_id = attempt.key.run_id
        if run_id in answers.cancelled:
            attempt.stop.request(Stop.CANCELLED)
        elif run_id not in answers.held and self._active.find(run_id) is attempt:
            metrics.leases_lost.inc()
            log.warning("lease.lost", run_id=str(run_id), attempt=attempt.key.attempt)
            attempt.stop.request(Stop.LEASE_LOST)
