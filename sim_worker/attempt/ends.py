"""All ends of an attempt: the transaction that writes the end, and the metric that counts it.

Called by the attempt itself and, after an exception, by the retry middleware. The metric counts the outcome that the
database returns: a run that was cancelled at the last moment ends as cancelled, whatever the engine's result.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from shared import metrics, tracing
from shared.db.database import Database, DatabaseAway
from shared.enums import Outcome
from shared.logging import get_logger
from shared.state.finish import fail_attempt, finish, give_back, stop
from shared.state.finished import AttemptKey, Failure, Finished
from shared.state.policy import RetryPolicy
from sim_worker.attempt.active import ActiveAttempt
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.public_text import PublicText
from sim_worker.engine.watch import Stop

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AttemptEnds:
    """Ends attempts; each method returns the outcome, LOST for an attempt that is no longer the current one.

    What users will read is written without the directories of this worker, which the log has. `finish` and `stop` raise
    DatabaseAway once `retry.end` has been called.
    """

    database: Database
    retry: DatabaseRetry
    policy: RetryPolicy
    public: PublicText

    def finish(self, attempt: ActiveAttempt, finished: Finished) -> Outcome:
        """Store the result, or the failure that the model caused."""
        public = self.public.finished(finished)
        outcome = self._write(attempt, lambda connection, key: finish(connection, key, public))
        metrics.attempts_ended.labels(attempt.claimed.engine, outcome, verdict_of(outcome, finished)).inc()
        return outcome

    def stop(self, attempt: ActiveAttempt, reason: Stop) -> Outcome:
        """End an attempt that was requested to stop: because of a cancellation, a drain, or a lost lease."""
        log.info("attempt.stopped", reason=str(reason))
        outcome = Outcome.LOST
        if reason is Stop.CANCELLED:
            outcome = self._write(attempt, stop)
        elif reason is Stop.DRAINED:
            outcome = self._write(attempt, lambda connection, key: give_back(connection, key, self.policy))
        _count(attempt, outcome)
        return outcome

    def fail(self, attempt: ActiveAttempt, failure: Failure, cause: BaseException) -> Outcome:
        """End an attempt that the exception `cause` aborted and that the model did not cause.

        When Postgres is unreachable and `retry.end` has been called, the end is left to the reaper.
        """
        run_id, number = str(attempt.key.run_id), attempt.key.attempt
        log.error("attempt.failed", run_id=run_id, attempt=number, code=failure.code, error=str(cause))
        try:
            public = self.public.failure(failure)
            outcome = self._write(attempt, lambda connection, key: fail_attempt(connection, key, public, self.policy))
        except DatabaseAway:
            log.warning("attempt.left_to_reaper", run_id=run_id, attempt=number)
            outcome = Outcome.INFRASTRUCTURE
        _count(attempt, outcome)
        return outcome

    def _write(self, attempt: ActiveAttempt, end: Callable[[Connection, AttemptKey], Outcome | None]) -> Outcome:
        return self.retry.transact(self.database, lambda connection: end(connection, attempt.key)) or Outcome.LOST


def verdict_of(outcome: Outcome, finished: Finished) -> str:
    """The verdict for metrics: that of EnergyPlus if the outcome is its result, else NO_VERDICT."""
    kept = outcome in (Outcome.SUCCEEDED, Outcome.FAILED)
    return finished.verdict if kept and finished.verdict else metrics.NO_VERDICT


def _count(attempt: ActiveAttempt, outcome: Outcome) -> None:
    metrics.attempts_ended.labels(attempt.claimed.engine, outcome, metrics.NO_VERDICT).inc()
    tracing.note({"epsm.outcome": outcome.value})
