"""A worker that takes no runs gives received runs back and still answers canaries."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import dramatiq
import pytest
from dramatiq.middleware import CurrentMessage

from shared.broker.broker import EpsmBroker
from shared.broker.gate import Gate
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import CANARY_QUEUE, RUN_ACTOR
from tests.integration.receiving import ENGINE, QUEUE, message, receive

PATIENCE_SECONDS = 60


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


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
    """A broker that takes runs while the switch is on."""
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
    # The message in progress can still be acknowledged, on the same connection.
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
    # As if both threads were about to take the received messages.
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
