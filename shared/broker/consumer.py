"""A consumer that acknowledges only its own deliveries, answers canaries, and can suspend its subscription.

Delivery tags restart at 1 on every channel, and Dramatiq acknowledges through the current consumer. After a reconnect
the tag of an old delivery would acknowledge a new message that is not processed yet, and a crash would then lose it.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import pika.exceptions
from dramatiq.brokers.rabbitmq import _RabbitmqConsumer
from dramatiq.errors import ConnectionClosed

from shared.broker.queues import CANARY_ACTOR, RUN_ACTOR
from shared.logging import get_logger

log = get_logger(__name__)


class Reception(Protocol):
    """Interface of the broker towards its consumers; implemented by `EpsmBroker`."""

    on_canary: Callable[[UUID], None] | None

    def receives(self, queue_name: str) -> bool:
        """Whether messages of this queue are accepted at the moment."""


class SafeConsumer(_RabbitmqConsumer):
    """Dramatiq's consumer for RabbitMQ, which marks each delivery with the consumer that received it.

    While the broker accepts no messages of the queue there is no subscription, but the connection stays open: messages
    in progress can still be acknowledged.
    """

    broker: Reception

    def __init__(self, broker: Reception, queue_name: str, prefetch: int, timeout: int) -> None:
        super().__init__(broker, queue_name, prefetch, timeout)
        self._timeout = timeout / 1000

    def ack(self, message: Any) -> None:
        """Acknowledge a message that this consumer received; RabbitMQ has already redelivered any other.

        A message that `Gate` has rejected is requeued instead.
        """
        if not self._is_mine(message):
            return
        if message.unwanted:
            self._give_back(message)
        else:
            super().ack(message)

    def nack(self, message: Any) -> None:
        """Dead-letter a message that this consumer received."""
        if self._is_mine(message):
            super().nack(message)

    def __next__(self) -> Any:
        if not self.broker.receives(self.queue_name):
            self._rest()
            return None
        if self.iterator is None:
            # A generator: it subscribes at its first iteration.
            self.iterator = self.channel.consume(self.queue_name, inactivity_timeout=self._timeout)
        message = super().__next__()
        if message is None:
            return None
        message.received_by, message.unwanted = self, False
        if message.queue_name != self.queue_name or message.actor_name not in (RUN_ACTOR, CANARY_ACTOR):
            # Dramatiq looks up the consumer by the message's own queue name: an unknown name would end a worker thread.
            log.warning("message.foreign", queue=self.queue_name, message_id=message.message_id)
            self.nack(message)
            return None
        if not self.broker.receives(self.queue_name):
            self._give_back(message)
            return None
        if message.actor_name == CANARY_ACTOR:
            self._answer(message)
            return None
        return message

    def _is_mine(self, message: Any) -> bool:
        if message.received_by is self:
            return True
        log.info("broker.stale_delivery", queue=self.queue_name, message_id=message.message_id)
        return False

    def _rest(self) -> None:
        """Cancel the subscription, which requeues messages that are received but not delivered; keep the connection.

        Also processes the connection's events, such as heartbeats and acknowledgements, for up to the timeout.
        """
        try:
            if self.iterator is not None:
                self.iterator = None
                if self.channel.consumer_tags:
                    self.channel.cancel()
            self.connection.process_data_events(time_limit=self._timeout)
        except (pika.exceptions.AMQPConnectionError, pika.exceptions.AMQPChannelError) as error:
            raise ConnectionClosed(error) from None

    def _give_back(self, message: Any) -> None:
        tag = message._tag  # noqa: SLF001  (Dramatiq keeps it there, and gives no other way to it)
        self.known_tags.discard(tag)
        try:
            self.connection.add_callback_threadsafe(partial(self.channel.basic_nack, tag, requeue=True))
        except (pika.exceptions.AMQPConnectionError, pika.exceptions.AMQPChannelError):
            # The connection that delivered the message is closed, so RabbitMQ has requeued it already.
            log.info("broker.stale_delivery", queue=self.queue_name, message_id=message.message_id)

    def _answer(self, message: Any) -> None:
        try:
            canary_id = UUID(message.kwargs["canary_id"])
        except (KeyError, TypeError, ValueError, AttributeError):
            # An exception would end the consumer, and the next one would receive the message again, without end.
            log.warning("canary.unreadable", queue=self.queue_name)
            self.nack(message)
            return
        if self.broker.on_canary is not None:
            self.broker.on_canary(canary_id)
        self.ack(message)
