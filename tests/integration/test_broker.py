"""Messages through a real RabbitMQ: confirmed, acknowledged only by the right consumer, given back while draining."""

import json
from uuid import UUID, uuid4

import pika
import pytest

from deploy.local.ports import free_ports
from shared.broker.broker import EpsmBroker, with_limits
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import CANARY_QUEUE
from shared.messages import BrokerAway
from tests.integration.receiving import ENGINE, QUEUE, message, receive


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
@pytest.mark.parametrize("actor", [None, "canary", "run", "unknown"])
def test_an_invalid_message_does_not_block_the_next_one(
    publisher: RabbitPublisher, broker: EpsmBroker, broker_url: str, queue: str, actor: str | None
) -> None:
    publisher.waiting(ENGINE)
    publisher.publish_canary(uuid4())
    bodies = [b"", b"\xff\x00", b"[]", b"null", b"{}"]
    if actor is not None:
        # Dramatiq finds the consumer of a message by the queue that the message names.
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


def test_one_message_is_held_per_slot_and_the_rest_stays_in_the_queue(
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
    # Without an acknowledgement the next message is not delivered.
    assert receive(after) is None

    after.close()
    again = broker.consume(QUEUE, timeout=1000)
    assert receive(again) == dict(old.kwargs)
    again.close()


def test_a_draining_consumer_gives_back_late_messages_and_then_receives_none(
    publisher: RabbitPublisher, broker: EpsmBroker
) -> None:
    consumer = broker.consume(QUEUE, timeout=300)
    assert receive(consumer) is None

    broker.drain()
    publisher.publish_run(ENGINE, message())

    assert [receive(consumer) for _ in range(4)] == [None] * 4
    assert publisher.waiting(ENGINE) == 1
    consumer.close()


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


def test_an_unreachable_rabbitmq_is_reported(publisher: RabbitPublisher) -> None:
    publisher.check()
    unreachable = RabbitPublisher(f"amqp://guest:guest@127.0.0.1:{free_ports(1)[0]}/", queue_type="classic")
    for ask in (
        unreachable.check,
        lambda: unreachable.publish_run(ENGINE, message()),
        lambda: unreachable.waiting(ENGINE),
    ):
        with pytest.raises(BrokerAway):
            ask()


def test_the_limits_of_a_connection_can_be_set_in_its_address() -> None:
    assert "heartbeat=5" in with_limits("amqp://h/v?heartbeat=5")
    assert "blocked_connection_timeout=10" in with_limits("amqp://h/v?heartbeat=5")
