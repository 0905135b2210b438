"""The reaper: ends attempts whose lease has expired. The worker is gone, or will detect that it has lost the run."""

import time
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select

from scheduler_service.only_one import only_one
from shared import metrics
from shared.db.database import Database, DatabaseAway
from shared.db.tables import Run
from shared.enums import Status
from shared.logging import get_logger
from shared.state.finish import reap
from shared.state.finished import AttemptKey
from shared.state.policy import RetryPolicy

log = get_logger(__name__)

#: Maximum number of attempts ended in one pass; the next pass ends the rest.
BATCH = 200


class HealthyFor:
    """Measures for how long operations have succeeded without a failure, by a monotonic clock."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    def succeeded(self) -> float:
        """Records a success; returns the seconds since the first success after the last failure."""
        now = self._clock()
        if self._since is None:
            self._since = now
        return now - self._since

    def failed(self) -> None:
        """Records a failure."""
        self._since = None


class Reaper:
    """Reaps only after its own connection to Postgres has been healthy for a whole lease.

    After an outage of Postgres every lease has expired, and healthy workers need one beat to renew their leases.
    """

    def __init__(
        self, database: Database, policy: RetryPolicy, lease: timedelta, healthy: HealthyFor | None = None
    ) -> None:
        self._database = database
        self._policy = policy
        self._lease = lease
        self._healthy = healthy or HealthyFor()

    def run(self) -> int:
        """Runs one pass; returns how many attempts were ended. Raises DatabaseAway."""
        try:
            expired = self._expired()
        except DatabaseAway:
            self._healthy.failed()
            raise
        if self._healthy.succeeded() < self._lease.total_seconds():
            return 0
        return sum(self._reap(key) for key in expired)

    def _expired(self) -> list[AttemptKey]:
        with self._database.transaction() as connection:
            rows = connection.execute(
                select(Run.simulation_id, Run.id, Run.attempt)
                .where(Run.status == Status.RUNNING.value, Run.lease_expires_at < func.now())
                .order_by(Run.lease_expires_at)
                .limit(BATCH)
            )
            return [AttemptKey(*row) for row in rows]

    def _reap(self, key: AttemptKey) -> bool:
        # A lock per run: several schedulers share the work, and each attempt is ended by one of them.
        with only_one(self._database, f"reap {key.run_id}") as connection:
            reaped = connection is not None and reap(connection, key, self._policy) is not None
        if reaped:
            metrics.runs_reaped.inc()
            log.warning("attempt.reaped", run_id=str(key.run_id), attempt=key.attempt)
        return reaped
