"""The one actor of the worker: a message names a run, the attempt does the rest."""

from uuid import UUID

import dramatiq
import structlog
from dramatiq import Actor

from shared.broker.broker import EpsmBroker
from shared.broker.queues import RUN_ACTOR
from sim_worker.attempt import Attempts
from sim_worker.errors import InfrastructureError


def declare_actor(broker: EpsmBroker, queue: str, attempts: Attempts) -> Actor[[str, str, str], None]:
    """Register the actor that answers messages of `queue`."""

    @dramatiq.actor(broker=broker, queue_name=queue, actor_name=RUN_ACTOR, throws=(InfrastructureError,))
    def run(run_id: str, simulation_id: str, correlation_id: str) -> None:
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            attempts.carry_out(UUID(run_id), UUID(simulation_id))

    return run
