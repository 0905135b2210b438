"""Questions to RabbitMQ: shared, answered again for a second, and never waited for without limit."""

import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from api_service.http.bounded import BoundedQuestions
from api_service.http.broker_view import NOT_CONFIGURED, BrokerView
from shared.messages import BrokerAway, DeadLetter, QueueDepth, QueueTraffic

ENGINES = ["25.2.0", "24.1.0"]


@dataclass
class CountedBroker:
    """A RabbitMQ that counts questions, and blocks until `answers` is set."""

    asked: list[str] = field(default_factory=list)
    answers: threading.Event = field(default_factory=threading.Event)
    away: bool = False

    def check(self) -> None:
        self._ask("check")

    def depth(self, engine: str) -> QueueDepth:
        self._ask(engine)
        return QueueDepth(1, 2, 3)

    def dead_letters(self, engine: str, most: int) -> Sequence[DeadLetter]:
        return ()

    def drop_dead_letters(self, engine: str, ids: Collection[str], most: int) -> int:
        return 0

    def traffic(self, engines: Collection[str]) -> Mapping[str, QueueTraffic]:
        self._ask("traffic")
        return {engine: QueueTraffic(4, 0.5, 0.25) for engine in engines if engine == ENGINES[0]}

    def close(self) -> None:
        self.asked.append("close")

    def _ask(self, question: str) -> None:
        self.asked.append(question)
        self.answers.wait()
        if self.away:
            raise BrokerAway("RabbitMQ: it is away")


@pytest.fixture
def broker() -> Iterator[CountedBroker]:
    made = CountedBroker()
    yield made
    # Whatever blocks a thread of the view.
    made.answers.set()


@pytest.fixture
def viewed(broker: CountedBroker) -> Iterator[Callable[..., BrokerView]]:
    views: list[BrokerView] = []

    def view(**options: Any) -> BrokerView:
        views.append(BrokerView(broker, **options))
        return views[-1]

    yield view
    for one in views:
        one.close()


def test_the_numbers_of_all_queues_are_asked_for_once_a_second(
    broker: CountedBroker, viewed: Callable[..., BrokerView]
) -> None:
    broker.answers.set()
    view = viewed(management=broker)

    answers = [view.queues(ENGINES) for _ in range(20)]

    # The second after the first answer may have ended meanwhile, on a machine that is busy.
    assert broker.asked.count("traffic") <= 2
    assert broker.asked.count(ENGINES[0]) == broker.asked.count(ENGINES[1]) <= 2
    first, second = (answers[-1][engine] for engine in ENGINES)
    assert (first.depth, first.depth_unknown) == (QueueDepth(1, 2, 3), None)
    assert (first.traffic, first.traffic_unknown) == (QueueTraffic(4, 0.5, 0.25), None)
    assert (second.traffic, second.traffic_unknown) == (None, "RabbitMQ has not counted the messages of this queue yet")


def test_a_rabbitmq_that_is_away_gives_reasons(broker: CountedBroker, viewed: Callable[..., BrokerView]) -> None:
    broker.away = True
    broker.answers.set()

    (queue,) = viewed().queues(ENGINES[:1]).values()

    assert (queue.depth, queue.depth_unknown) == (None, "RabbitMQ: it is away")
    assert (queue.traffic, queue.traffic_unknown) == (None, NOT_CONFIGURED)
    # A connection may have been closed while it was idle, so each question is asked twice.
    assert broker.asked == ENGINES[:1] * 2


def test_whoever_asks_a_frozen_rabbitmq_waits_no_longer_than_the_first(broker: CountedBroker) -> None:
    questions = BoundedQuestions("RabbitMQ", patience_seconds=0.2)
    for _ in range(5):
        with pytest.raises(BrokerAway, match=r"RabbitMQ did not answer within 0.2 s"):
            questions.share("check", broker.check)

    # All shared the first one, and nothing waits behind it.
    assert broker.asked == ["check"]
    with pytest.raises(BrokerAway):
        questions.ask(broker.check)
    broker.answers.set()
    assert questions.ask(lambda: 7) == 7
    assert broker.asked == ["check"]
    questions.close()
