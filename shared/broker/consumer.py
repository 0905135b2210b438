"""A consumer that acknowledges only its own deliveries, answers canaries, and stops receiving whenever it is told to.

Delivery tags restart at 1 on every channel, and Dramatiq acknowledges through whatever consumer is current. After a
reconnect the tag of an old delivery would acknowledge a new message nobody has worked on, and a crash would lose it.
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
    """What a consumer asks its broker; `EpsmBroker` answers."""

    on_canary: Callable[[UUID], None] | None

    def receives(self, queue_name: str) -> bool:
        """Whether messages of this queue are wanted right now."""


class SafeConsumer(_RabbitmqConsumer):
    """Dramatiq's consumer for RabbitMQ with deliveries stamped by the consumer that received them.

    While the broker wants nothing from the queue there is no subscription, but the connection lives: what is being
    worked on can still be acknowledged.
    """

    broker: Reception

    def __init__(self, broker: Reception, queue_name: str, prefetch: int, timeout: int) -> None:
        super().__init__(broker, queue_name, prefetch, timeout)
        self._timeout = timeout / 1000

    def ack(self, message: Any) -> None:
        """Acknowledge a message of this very connection; RabbitMQ has already redelivered any other.

        One that the gate has turned away goes back into the queue instead.
        """
        if not self._is_mine(message):
            return
        if message.unwanted:
            self._give_back(message)
        else:
            super().ack(message)

    def nack(self, message: Any) -> None:
        """Dead-letter a message of this very connection."""
        if self._is_mine(message):
            super().nack(message)

    def __next__(self) -> Any:
        if not self.broker.receives(self.queue_name):
            self._rest()
            return None
        if self.iterator is None:
            # A generator that subscribes when it is first asked.
            self.iterator = self.channel.consume(self.queue_name, inactivity_timeout=self._timeout)
        message = super().__next__()
        if message is None:
            return None
        message.received_by, message.unwanted = self, False
        if message.queue_name != self.queue_name or message.actor_name not in (RUN_ACTOR, CANARY_ACTOR):
            # Dramatiq finds the consumer by what the message says: a worker thread would die of a queue nobody has.
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
        """Give up the subscription, with what it has received and nobody has seen, and keep the connection going."""
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
            # RabbitMQ has it back already: the connection that it came by is gone.
            log.info("broker.stale_delivery", queue=self.queue_name, message_id=message.message_id)

    def _answer(self, message: Any) -> None:
        try:
            canary_id = UUID(message.kwargs["canary_id"])
        except (KeyError, TypeError, ValueError, AttributeError):
            # Raised from here it would end the consumer, and be received again by the next one, for ever.
            log.warning("canary.unreadable", queue=self.queue_name)
            self.nack(message)
            return
        if self.broker.on_canary is not None:
            self.broker.on_canary(canary_id)
        self.ack(message)
