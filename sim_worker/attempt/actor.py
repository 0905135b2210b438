"""The worker's only Dramatiq actor: carries out an attempt at the run that a message names."""

from uuid import UUID

import dramatiq
import structlog
from dramatiq import Actor
from dramatiq.middleware import CurrentMessage

from shared.broker.broker import EpsmBroker
from shared.broker.queues import RUN_ACTOR
from shared.tracing import span
from sim_worker.attempt.attempt import Attempts
from sim_worker.attempt.errors import InfrastructureError


def declare_actor(broker: EpsmBroker, queue: str, attempts: Attempts) -> Actor[[str, str, str], None]:
    """Register the actor that processes messages of `queue`."""

    @dramatiq.actor(broker=broker, queue_name=queue, actor_name=RUN_ACTOR, throws=(InfrastructureError,))
    def run(run_id: str, simulation_id: str, correlation_id: str) -> None:
        known = {"epsm.run_id": run_id, "epsm.simulation_id": simulation_id}
        with (
            structlog.contextvars.bound_contextvars(correlation_id=correlation_id),
            span("attempt", of=_publication() or correlation_id, kind="consumer", attributes=known),
        ):
            attempts.carry_out(UUID(run_id), UUID(simulation_id))

    return run


def _publication() -> str | None:
    """Traceparent of the span that published the current message, None when the message has none."""
    message = CurrentMessage.get_current_message()
    return None if message is None else message.options.get("traceparent")
