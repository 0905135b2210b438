"""Publishes to and receives from a real RabbitMQ, for the tests of the broker."""

from uuid import uuid4

from shared.broker.consumer import SafeConsumer
from shared.broker.queues import runs_queue
from shared.messages import DispatchMessage

ENGINE = "25.2.0"


QUEUE = runs_queue(ENGINE, "classic")


def message() -> DispatchMessage:
    return DispatchMessage(uuid4(), uuid4(), "test")


def receive(consumer: SafeConsumer) -> dict[str, str] | None:
    """The arguments of the next message, unacknowledged; None when none arrives within about a second."""
    got = next(consumer)
    return None if got is None else dict(got.kwargs)
