"""Messages through a real RabbitMQ: confirmed, never acknowledged by the wrong consumer, given back while draining."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import dramatiq
import pika
import pytest
from dramatiq.middleware import CurrentMessage

from deploy.local.ports import free_ports
from shared.broker.broker import EpsmBroker, with_limits
from shared.broker.consumer import SafeConsumer
from shared.broker.gate import Gate
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import CANARY_QUEUE, RUN_ACTOR, runs_queue
from shared.messages import BrokerAway, DispatchMessage

ENGINE = "25.2.0"
QUEUE = runs_queue(ENGINE, "classic")
PATIENCE_SECONDS = 60


@pytest.fixture
def publisher(broker_url: str) -> Iterator[RabbitPublisher]:
    made = RabbitPublisher(broker_url, queue_type="classic")
    yield made
    made.close()


@pytest.fixture
def broker(broker_url: str) -> Iterator[EpsmBroker]:
    made = EpsmBroker(broker_url, prefetch=1)
    made.declare_queue(QUEUE)
    made.declare_queue(CANARY_QUEUE)
    yield made
    made.close()


def message() -> DispatchMessage:
    return DispatchMessage(uuid4(), uuid4(), "test")


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def receive(consumer: SafeConsumer) -> dict[str, str] | None:
    """The arguments of the next message, not acknowledged; None when none comes within a second or so."""
    got = next(consumer)
    return None if got is None else dict(got.kwargs)


def test_a_published_run_arrives_with_its_ids(publisher: RabbitPublisher, broker: EpsmBroker) -> None:
    sent = message()

    publisher.publish_run(ENGINE, sent)

    assert publisher.waiting(ENGINE) == 1
    consumer = broker.consume(QUEUE, timeout=1000)
    assert receive(consumer) == {
        "run_id": str(sent.run_id),
        "simulation_id": str(sent.simulation_id),
        "correlation_id": "test",
    }
    consumer.close()


@pytest.mark.parametrize("queue", [QUEUE, CANARY_QUEUE])
@pytest.mark.parametrize("actor", [None, "canary", "run", "nobody"])
def test_what_is_no_message_of_ours_keeps_nobody_from_the_next(
    publisher: RabbitPublisher, broker: EpsmBroker, broker_url: str, queue: str, actor: str | None
) -> None:
    publisher.waiting(ENGINE)
    publisher.publish_canary(uuid4())
    bodies = [b"", b"\xff\x00", b"[]", b"null", b"{}"]
    if actor is not None:
        # Dramatiq finds a message's consumer by the queue that the message names.
        named = queue if actor == "canary" else "nowhere"
        fields = {"queue_name": named, "actor_name": actor, "args": [], "options": {}, "message_timestamp": 1}
        words: list[object] = [{}, {"canary_id": None}, {"canary_id": 7}, {"canary_id": "?"}, []]
        bodies = [json.dumps({**fields, "kwargs": word, "message_id": "x"}).encode() for word in words]
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        for body in bodies:
            connection.channel().basic_publish("", queue, body)
    sent = message()
    publisher.publish_run(ENGINE, sent)
    answered: list[UUID] = []
    broker.on_canary = answered.append

    consumer = broker.consume(queue, timeout=200)
    received = [receive(consumer) for _ in range(len(bodies) + 3)]

    if queue == QUEUE:
        assert str(sent.run_id) in [word["run_id"] for word in received if word]
    else:
        assert len(answered) == 1
    consumer.close()


def test_one_message_is_held_per_slot_and_the_rest_waits_for_others(
    publisher: RabbitPublisher, broker: EpsmBroker
) -> None:
    for _ in range(3):
        publisher.publish_run(ENGINE, message())
    consumer = broker.consume(QUEUE, prefetch=50, timeout=500)

    first = next(consumer)

    assert receive(consumer) is None
    assert publisher.waiting(ENGINE) == 2
    consumer.ack(first)
    assert receive(consumer) is not None
    consumer.close()


def test_a_delivery_from_before_a_reconnect_does_not_acknowledge_another_message(
    publisher: RabbitPublisher, broker: EpsmBroker
) -> None:
    publisher.publish_run(ENGINE, message())
    before = broker.consume(QUEUE, timeout=1000)
    old = next(before)
    before.connection.close()
    publisher.publish_run(ENGINE, message())

    after = broker.consume(QUEUE, timeout=1000)
    redelivered = next(after)
    assert redelivered.kwargs == old.kwargs
    after.ack(old)
    after.nack(old)
    # Only an acknowledgement would let the next message through.
    assert receive(after) is None

    after.close()
    again = broker.consume(QUEUE, timeout=1000)
    assert receive(again) == dict(old.kwargs)
    again.close()


def test_a_draining_consumer_gives_back_what_still_comes_and_then_hears_nothing(
    publisher: RabbitPublisher, broker: EpsmBroker
) -> None:
    consumer = broker.consume(QUEUE, timeout=300)
    assert receive(consumer) is None

    broker.drain()
    publisher.publish_run(ENGINE, message())

    assert [receive(consumer) for _ in range(4)] == [None] * 4
    assert publisher.waiting(ENGINE) == 1
    consumer.close()


@dataclass
class Switch:
    """Whether a worker takes runs."""

    on: bool = True

    def __call__(self) -> bool:
        return self.on


@pytest.fixture
def switch() -> Switch:
    return Switch()


@pytest.fixture
def switched(broker_url: str, switch: Switch) -> Iterator[EpsmBroker]:
    """A broker that takes runs when the switch says so."""
    made = EpsmBroker(broker_url, prefetch=2, takes_runs=switch, middleware=[CurrentMessage(), Gate()])
    made.declare_queue(QUEUE)
    made.declare_queue(CANARY_QUEUE)
    yield made
    made.close()


def test_a_consumer_that_takes_no_runs_gives_back_what_it_has_received_and_later_goes_on(
    publisher: RabbitPublisher, switched: EpsmBroker, switch: Switch
) -> None:
    sent = [message() for _ in range(3)]
    for one in sent:
        publisher.publish_run(ENGINE, one)
    consumer = switched.consume(QUEUE, timeout=300)
    working_on = next(consumer)
    assert working_on is not None

    switch.on = False

    assert [receive(consumer) for _ in range(3)] == [None] * 3
    assert publisher.waiting(ENGINE) == 2
    # What it is working on can still be acknowledged, on the same connection.
    consumer.ack(working_on)

    switch.on = True
    again = [got for _ in range(4) if (got := next(consumer)) is not None]
    assert [got.kwargs["run_id"] for got in again] == [str(one.run_id) for one in sent[1:]]
    for got in again:
        consumer.ack(got)
    assert receive(consumer) is None
    consumer.close()
    assert publisher.waiting(ENGINE) == 0


def test_a_consumer_that_begins_while_no_runs_are_taken_subscribes_later(
    publisher: RabbitPublisher, switched: EpsmBroker, switch: Switch
) -> None:
    switch.on = False
    publisher.publish_run(ENGINE, message())
    consumer = switched.consume(QUEUE, timeout=300)
    assert [receive(consumer) for _ in range(2)] == [None] * 2
    assert publisher.waiting(ENGINE) == 1

    switch.on = True

    assert receive(consumer) is not None
    consumer.close()


def test_a_worker_that_takes_no_runs_still_answers_canaries(
    broker_url: str, publisher: RabbitPublisher, switch: Switch
) -> None:
    answered: list[UUID] = []
    broker = EpsmBroker(broker_url, on_canary=answered.append, takes_runs=switch)
    broker.declare_queue(CANARY_QUEUE)
    switch.on = False
    canary = uuid4()
    publisher.publish_canary(canary)
    consumer = broker.consume(CANARY_QUEUE, timeout=1000)

    assert receive(consumer) is None

    assert answered == [canary]
    consumer.close()
    broker.close()


def test_messages_that_wait_inside_a_worker_go_back_unseen_when_it_takes_no_runs(
    publisher: RabbitPublisher, switched: EpsmBroker, switch: Switch
) -> None:
    seen: list[str] = []

    @dramatiq.actor(broker=switched, queue_name=QUEUE, actor_name=RUN_ACTOR)
    def run(run_id: str, simulation_id: str, correlation_id: str) -> None:
        seen.append(run_id)

    worker = dramatiq.Worker(switched, worker_threads=2)
    worker.start()
    # As if both threads were about to take what has come.
    for thread in worker.workers:
        thread.pause()
    for thread in worker.workers:
        assert thread.paused_event.wait(PATIENCE_SECONDS)
    sent = [message() for _ in range(2)]
    for one in sent:
        publisher.publish_run(ENGINE, one)
    until(lambda: worker.work_queue.qsize() == 2)

    switch.on = False
    for thread in worker.workers:
        thread.resume()

    until(lambda: publisher.waiting(ENGINE) == 2)
    assert seen == []
    switch.on = True
    until(lambda: len(seen) == 2)
    assert set(seen) == {str(one.run_id) for one in sent}
    worker.stop()
    assert publisher.waiting(ENGINE) == 0


def test_a_canary_is_answered_on_the_consumers_own_thread(broker_url: str, publisher: RabbitPublisher) -> None:
    answered: list[tuple[UUID, int]] = []
    broker = EpsmBroker(broker_url, on_canary=lambda canary: answered.append((canary, threading.get_ident())))
    broker.declare_queue(CANARY_QUEUE)
    canary = uuid4()
    publisher.publish_canary(canary)
    consumer = broker.consume(CANARY_QUEUE, timeout=1000)

    assert receive(consumer) is None

    assert answered == [(canary, threading.get_ident())]
    consumer.close()
    broker.close()


def test_a_message_that_cannot_be_read_does_not_block_the_queue(
    broker_url: str, publisher: RabbitPublisher, broker: EpsmBroker
) -> None:
    publisher.waiting(ENGINE)
    with pika.BlockingConnection(pika.URLParameters(with_limits(broker_url))) as connection:
        connection.channel().basic_publish("", QUEUE, b"\xff not a message")
    sent = message()
    publisher.publish_run(ENGINE, sent)
    consumer = broker.consume(QUEUE, timeout=1000)

    assert receive(consumer) is None
    got = receive(consumer)

    assert got is not None
    assert got["run_id"] == str(sent.run_id)
    consumer.close()


def test_a_queue_that_is_deleted_is_declared_again(broker_url: str, publisher: RabbitPublisher) -> None:
    publisher.publish_run(ENGINE, message())
    with pika.BlockingConnection(pika.URLParameters(with_limits(broker_url))) as connection:
        connection.channel().queue_delete(QUEUE)

    publisher.publish_run(ENGINE, message())

    assert publisher.waiting(ENGINE) == 1


def test_a_rabbitmq_that_is_not_there_is_away(publisher: RabbitPublisher) -> None:
    publisher.check()
    nobody = RabbitPublisher(f"amqp://guest:guest@127.0.0.1:{free_ports(1)[0]}/", queue_type="classic")
    for ask in (nobody.check, lambda: nobody.publish_run(ENGINE, message()), lambda: nobody.waiting(ENGINE)):
        with pytest.raises(BrokerAway):
            ask()


def test_the_limits_of_a_connection_can_be_set_in_its_address() -> None:
    assert "heartbeat=5" in with_limits("amqp://h/v?heartbeat=5")
    assert "blocked_connection_timeout=10" in with_limits("amqp://h/v?heartbeat=5")
