"""A consumer that acknowledges only its own deliveries, answers canaries and can stop receiving while it drains.

Delivery tags restart at 1 on every channel, and Dramatiq acknowledges through whatever consumer is current. After a
reconnect the tag of an old delivery would acknowledge a new message nobody has worked on, and a crash would lose it.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pika.exceptions
from dramatiq.brokers.rabbitmq import _RabbitmqConsumer
from dramatiq.errors import ConnectionClosed

from shared.broker.queues import CANARY_ACTOR
from shared.logging import get_logger

if TYPE_CHECKING:
    from shared.broker.broker import EpsmBroker

log = get_logger(__name__)


class SafeConsumer(_RabbitmqConsumer):
    """Dramatiq's consumer for RabbitMQ with deliveries stamped by the consumer that received them."""

    broker: "EpsmBroker"

    def ack(self, message: Any) -> None:
        """Acknowledge a message of this very connection; RabbitMQ has already redelivered any other."""
        if self._is_mine(message):
            super().ack(message)

    def nack(self, message: Any) -> None:
        """Dead-letter a message of this very connection."""
        if self._is_mine(message):
            super().nack(message)

    def __next__(self) -> Any:
        if self.broker.draining:
            self._unsubscribe()
        message = super().__next__()
        if message is None:
            return None
        message.received_by = self
        if message.actor_name == CANARY_ACTOR:
            self._answer(message)
            return None
        if self.broker.draining:
            tag = message._tag  # noqa: SLF001  (Dramatiq keeps it there, and gives no other way to it)
            self.known_tags.discard(tag)
            self.channel.basic_nack(tag, requeue=True)
            return None
        return message

    def _is_mine(self, message: Any) -> bool:
        if message.received_by is self:
            return True
        log.info("broker.stale_delivery", queue=self.queue_name, message_id=message.message_id)
        return False

    def _unsubscribe(self) -> None:
        try:
            for tag in self.channel.consumer_tags:
                self.channel.basic_cancel(tag)
        except (pika.exceptions.AMQPConnectionError, pika.exceptions.AMQPChannelError) as error:
            raise ConnectionClosed(error) from None

    def _answer(self, message: Any) -> None:
        if self.broker.on_canary is not None:
            self.broker.on_canary(UUID(message.kwargs["canary_id"]))
        self.ack(message)
