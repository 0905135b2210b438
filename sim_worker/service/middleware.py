"""The worker's Dramatiq middleware, in order, without Dramatiq's defaults: retries and delays live in Postgres."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from dramatiq import Broker, MessageProxy, Middleware
from dramatiq.middleware import CurrentMessage, TimeLimit

from shared import metrics
from shared.broker.gate import Gate
from shared.db.database import Database, DatabaseAway
from shared.enums import Outcome
from shared.logging import get_logger
from shared.settings import Settings
from shared.state.finish import Failure, fail_attempt
from shared.state.policy import RetryPolicy
from sim_worker.attempt.active import ActiveAttempts
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.errors import InfrastructureError

log = get_logger(__name__)

#: Everything of an attempt around the engine: fetching, preparing, parsing, storing, waiting for Postgres.
MARGIN_SECONDS = 300.0
#: The supervisor's limits and the deadline in the database come first; this only frees a thread that hangs for good.
BACKSTOP_SECONDS = 600.0


def ordered_middleware(
    settings: Settings,
    database: Database,
    active: ActiveAttempts,
    policy: RetryPolicy,
    retry: DatabaseRetry,
    require_self_test: Callable[[], None],
) -> list[Middleware]:
    """Everything that surrounds the actor, outermost first."""
    backstop = settings.hard_limit_seconds + MARGIN_SECONDS + BACKSTOP_SECONDS
    retries = AttemptRetries(database, active, policy, retry, require_self_test)
    return [TimeLimit(time_limit=backstop * 1000), CurrentMessage(), retries, Gate()]


class AttemptRetries(Middleware):
    """Ends the attempt that an exception escaped from: queued again after a backoff, or failed when used up.

    `require_self_test` is called first: the worker may be to blame, and then no other run is to meet the same fate.
    """

    def __init__(
        self,
        database: Database,
        active: ActiveAttempts,
        policy: RetryPolicy,
        retry: DatabaseRetry,
        require_self_test: Callable[[], None],
    ) -> None:
        self._database = database
        self._active = active
        self._policy = policy
        self._retry = retry
        self._require_self_test = require_self_test

    @property
    def actor_options(self) -> set[str]:
        """Dramatiq logs exceptions named in `throws` as expected ones; its own Retries would declare the option."""
        return {"throws"}

    def after_process_message(
        self,
        broker: Broker,  # noqa: ARG002
        message: MessageProxy,
        *,
        result: Any = None,  # noqa: ARG002
        exception: BaseException | None = None,
    ) -> None:
        """Called by Dramatiq once the actor has returned or raised, before the message is acknowledged."""
        run_id = UUID(message.kwargs["run_id"])
        try:
            if exception is not None:
                self._end(run_id, exception)
        finally:
            self._active.leave(run_id)

    def after_skip_message(self, broker: Broker, message: MessageProxy) -> None:
        """A message that another middleware skipped leaves no attempt behind."""
        self.after_process_message(broker, message)

    def _end(self, run_id: UUID, exception: BaseException) -> None:
        attempt = self._active.mine(run_id)
        if attempt is None:
            return
        self._require_self_test()
        if isinstance(exception, InfrastructureError):
            failure = Failure(exception.code, str(exception))
        else:
            failure = Failure("internal_error", f"The worker met an unexpected {type(exception).__name__}")
        log.error(
            "attempt.failed", run_id=str(run_id), attempt=attempt.key.attempt, code=failure.code, error=str(exception)
        )
        metrics.attempts_ended.labels(attempt.claimed.engine, Outcome.INFRASTRUCTURE, metrics.NO_VERDICT).inc()

        def write() -> bool:
            with self._database.transaction() as connection:
                return fail_attempt(connection, attempt.key, failure, self._policy)

        try:
            self._retry.run(write)
        except DatabaseAway:
            log.warning("attempt.left_to_reaper", run_id=str(run_id), attempt=attempt.key.attempt)
