"""Publisher of messages to RabbitMQ. Use it from long-lived threads only: every thread keeps its own connection."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

import pika.exceptions
from dramatiq import Message
from dramatiq.errors import BrokerConnectionError

from shared.broker import dead_letters
from shared.broker.broker import EpsmBroker
from shared.broker.queues import CANARY_ACTOR, CANARY_QUEUE, RUN_ACTOR, dead_letter_queue, runs_queue
from shared.messages import BrokerAway, DeadLetter, DispatchMessage, QueueDepth
from shared.tracing import carrier, span


class RabbitPublisher:
    """Publishes runs and canaries with publisher confirms. Every method may raise BrokerAway."""

    def __init__(self, url: str, *, queue_type: str) -> None:
        self._queue_type = queue_type
        self._broker = EpsmBroker(url, queue_type=queue_type)

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        """Publish to the engine's queue; returns once RabbitMQ has confirmed."""
        run_id, simulation_id = str(message.run_id), str(message.simulation_id)
        known = {"epsm.run_id": run_id, "epsm.simulation_id": simulation_id}
        with span("publish", of=message.correlation_id, kind="producer", attributes=known):
            self._send(
                runs_queue(engine, self._queue_type),
                RUN_ACTOR,
                run_id=run_id,
                simulation_id=simulation_id,
                correlation_id=message.correlation_id,
            )

    def publish_canary(self, canary_id: UUID) -> None:
        """Publish a canary, which any worker may answer; returns once RabbitMQ has confirmed."""
        self._send(CANARY_QUEUE, CANARY_ACTOR, canary_id=str(canary_id))

    def waiting(self, engine: str) -> int:
        """Number of messages in the engine's queue that no worker has received."""
        return self.depth(engine).waiting

    def depth(self, engine: str) -> QueueDepth:
        """Numbers of messages and consumers of the engine's queue, and of its dead letters."""
        queue = runs_queue(engine, self._queue_type)
        with self._guarded():
            self._broker.declare_queue(queue, ensure=True)
            found = self._broker.channel.queue_declare(queue, passive=True).method
            dead = self._broker.channel.queue_declare(dead_letter_queue(queue), passive=True).method
            return QueueDepth(int(found.message_count), int(found.consumer_count), int(dead.message_count))

    def dead_letters(self, engine: str, most: int) -> list[DeadLetter]:
        """The oldest dead letters of the engine's queue, at most `most`; they stay where they are."""
        with self._guarded():
            return dead_letters.read(self._broker.channel, self._declared_for_dead(engine), most)

    def drop_dead_letters(self, engine: str, ids: Collection[str], most: int) -> int:
        """Remove dead letters by their ids, from the `most` oldest ones; returns how many remain."""
        with self._guarded():
            return dead_letters.drop(self._broker.channel, self._declared_for_dead(engine), ids, most)

    def check(self) -> None:
        """Raise BrokerAway unless RabbitMQ answers."""
        with self._guarded():
            self._broker.connection.process_data_events()
            self._broker.channel.basic_qos(prefetch_count=0)

    def close(self) -> None:
        """Close the connections of all threads."""
        self._broker.close()

    def _declared_for_dead(self, engine: str) -> str:
        queue = runs_queue(engine, self._queue_type)
        self._broker.declare_queue(queue, ensure=True)
        return dead_letter_queue(queue)

    def _send(self, queue: str, actor: str, **arguments: str) -> None:
        # The trace is an option, not an argument: the actor of a version without traces would reject the argument.
        message: Message[None] = Message(
            queue_name=queue, actor_name=actor, args=(), kwargs=arguments, options=carrier()
        )
        with self._guarded():
            self._broker.enqueue(message)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (BrokerConnectionError, pika.exceptions.AMQPError, OSError) as error:
            # The next call opens a new connection instead of using this broken one.
            del self._broker.connection
            raise BrokerAway(f"RabbitMQ: {error}") from error
