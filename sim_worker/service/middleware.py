"""The worker's Dramatiq middleware. Dramatiq's defaults are not used, because retries and delays are in Postgres."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from dramatiq import Broker, MessageProxy, Middleware
from dramatiq.middleware import CurrentMessage, TimeLimit

from shared.broker.gate import Gate
from shared.settings import Settings
from shared.state.finished import Failure
from sim_worker.attempt.active import ActiveAttempts
from sim_worker.attempt.attempt import MARGIN_SECONDS
from sim_worker.attempt.ends import AttemptEnds
from sim_worker.attempt.errors import InfrastructureError

#: Beyond the supervisor's limits and the deadline in the database: only to free a thread that hangs forever.
BACKSTOP_SECONDS = 600.0


def ordered_middleware(
    settings: Settings, active: ActiveAttempts, ends: AttemptEnds, require_self_test: Callable[[], None]
) -> list[Middleware]:
    """The middleware around the actor, outermost first. `require_self_test` is passed to AttemptRetries."""
    backstop = settings.hard_limit_seconds + MARGIN_SECONDS + BACKSTOP_SECONDS
    retries = AttemptRetries(active, ends, require_self_test)
    return [TimeLimit(time_limit=backstop * 1000), CurrentMessage(), retries, Gate()]


class AttemptRetries(Middleware):
    """Ends an attempt after an exception: its run is queued again after a backoff, or fails without attempts left.

    `require_self_test` is called first: the worker may be the cause, and then it must not take further runs.
    """

    def __init__(self, active: ActiveAttempts, ends: AttemptEnds, require_self_test: Callable[[], None]) -> None:
        self._active = active
        self._ends = ends
        self._require_self_test = require_self_test

    @property
    def actor_options(self) -> set[str]:
        """Declares the actor option `throws`: exceptions that Dramatiq logs as expected.

        Normally Dramatiq's Retries declares it, which is not used here.
        """
        return {"throws"}

    def after_process_message(
        self,
        broker: Broker,  # noqa: ARG002
        message: MessageProxy,
        *,
        result: Any = None,  # noqa: ARG002
        exception: BaseException | None = None,
    ) -> None:
        """Called by Dramatiq after the actor has returned or raised, before the message is acknowledged."""
        run_id = UUID(message.kwargs["run_id"])
        try:
            if exception is not None:
                self._end(run_id, exception)
        finally:
            self._active.leave(run_id)

    def after_skip_message(self, broker: Broker, message: MessageProxy) -> None:
        """Called by Dramatiq for a message that another middleware skipped; it leaves no attempt behind."""
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
        self._ends.fail(attempt, failure, exception)
