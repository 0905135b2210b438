"""Dramatiq's RabbitMQ broker, adapted to runs that take an hour; used by the worker and by the publisher.

Differences from Dramatiq's broker, and why: every publish is confirmed (unconfirmed messages are lost with the broker);
one message is prefetched per thread (more would wait behind an hour-long run while another worker idles); no delay
queues (delays are in Postgres); quorum queues on a cluster; the consumer of `consumer.py`.
"""

from collections.abc import Callable
from typing import cast
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import pika
import pika.exceptions
from dramatiq import Middleware
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from shared.broker.address import with_query
from shared.broker.consumer import SafeConsumer
from shared.broker.queues import CANARY_QUEUE
from shared.broker.reasons import reason

#: Parameters of the connection URL, in seconds except `connection_attempts`. Without them a broker that is blocked,
#: frozen or unreachable blocks a sender without limit.
CONNECTION_LIMITS = {
    "blocked_connection_timeout": "10",
    "connection_attempts": "1",
    "heartbeat": "30",
    "retry_delay": "0",
    "socket_timeout": "5",
    "stack_timeout": "10",
}


class EpsmBroker(RabbitmqBroker):
    """Broker for runs and canaries.

    `prefetch` is the maximum number of unacknowledged messages per consumer, equal to the number of worker threads.
    `on_canary` is called with every canary's id on the consumer's thread, so that busy worker threads do not delay it.
    While `takes_runs` returns False, only canaries are received.
    """

    def __init__(
        self,
        url: str,
        *,
        queue_type: str = "classic",
        prefetch: int = 1,
        middleware: list[Middleware] | None = None,
        on_canary: Callable[[UUID], None] | None = None,
        takes_runs: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(url=with_limits(url), confirm_delivery=True, middleware=middleware or [])
        self.queue_type = queue_type
        self.prefetch = prefetch
        self.on_canary = on_canary
        self._takes_runs = takes_runs
        self._draining = False

    @property
    def connection(self) -> pika.BlockingConnection:
        """The connection of the current thread. Raises AMQPConnectionError, for TLS errors as well."""
        try:
            return super().connection
        except (pika.exceptions.AMQPConnectionError, OSError) as error:
            raise pika.exceptions.AMQPConnectionError(reason(error)) from None

    @connection.deleter
    def connection(self) -> None:
        cast(property, RabbitmqBroker.connection).__delete__(self)

    @property
    def consumer_class(self) -> type[SafeConsumer]:
        """Class of this broker's consumers: they acknowledge only messages that they received themselves."""
        return SafeConsumer

    def drain(self) -> None:
        """Receive no more messages; those in progress can still be acknowledged."""
        self._draining = True

    def receives(self, queue_name: str) -> bool:
        """Whether messages of this queue are accepted at the moment. Others that were received go back to the queue."""
        return not self._draining and (queue_name == CANARY_QUEUE or self._takes_runs())

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 5000) -> SafeConsumer:  # noqa: ARG002
        """A consumer that prefetches `self.prefetch` messages; Dramatiq's own `prefetch` argument is ignored."""
        return cast(SafeConsumer, super().consume(queue_name, self.prefetch, timeout))

    def declare_queue(self, queue_name: str, *, ensure: bool = False) -> None:
        """Declare a queue, without the delay queue for which Dramatiq would open another consumer."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.queues_pending.add(queue_name)
            self.emit_after("declare_queue", queue_name)
        if ensure:
            self._ensure_queue(queue_name)

    def _declare_dq_queue(self, queue_name: str) -> None:
        """Declare no delay queue: delays are in Postgres."""

    def _build_queue_arguments(self, queue_name: str) -> dict[str, object]:
        return {**super()._build_queue_arguments(queue_name), "x-queue-type": self.queue_type}


def with_limits(url: str) -> str:
    """`url` with those CONNECTION_LIMITS that it does not set itself."""
    given = dict(parse_qsl(urlsplit(url).query))
    return with_query(url, {name: value for name, value in CONNECTION_LIMITS.items() if name not in given})
