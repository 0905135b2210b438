"""The worker's Dramatiq middleware, in order, without Dramatiq's defaults: retries and delays live in Postgres."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from dramatiq import Broker, MessageProxy, Middleware
from dramatiq.middleware import CurrentMessage, TimeLimit

from shared.broker.gate import Gate
from shared.settings import Settings
from shared.state.finish import Failure
from sim_worker.attempt.active import ActiveAttempts
from sim_worker.attempt.attempt import MARGIN_SECONDS
from sim_worker.attempt.ends import AttemptEnds
from sim_worker.attempt.errors import InfrastructureError

#: The supervisor's limits and the deadline in the database come first; this only frees a thread that hangs for good.
BACKSTOP_SECONDS = 600.0


def ordered_middleware(
    settings: Settings, active: ActiveAttempts, ends: AttemptEnds, require_self_test: Callable[[], None]
) -> list[Middleware]:
    """Everything that surrounds the actor, outermost first."""
    backstop = settings.hard_limit_seconds + MARGIN_SECONDS + BACKSTOP_SECONDS
    retries = AttemptRetries(active, ends, require_self_test)
    return [TimeLimit(time_limit=backstop * 1000), CurrentMessage(), retries, Gate()]


class AttemptRetries(Middleware):
    """Ends the attempt that an exception escaped from: queued again after a backoff, or failed when used up.

    `require_self_test` is called first: the worker may be to blame, and then no other run is to meet the same fate.
    """

    def __init__(self, active: ActiveAttempts, ends: AttemptEnds, require_self_test: Callable[[], None]) -> None:
        self._active = active
        self._ends = ends
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
        self._ends.fail(attempt, failure, exception)
