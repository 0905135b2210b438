"""Dead letters over HTTP, with a real RabbitMQ and a real Postgres: listed, requeued, dropped, and no run lost."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pika
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from api_service.app import close_app, create_app
from deploy.local.rabbitmq import RabbitServer
from shared.broker.broker import EpsmBroker
from shared.broker.publisher import RabbitPublisher
from shared.broker.queues import dead_letter_queue
from shared.db.database import Database
from shared.messages import BrokerAway, DeadLetter
from shared.settings import Settings
from shared.storage.local import LocalStorage
from tests.integration.api.conftest import Client
from tests.integration.api.list_broker import ListBroker
from tests.integration.receiving import ENGINE, QUEUE, receive

PATH = f"/api/v1/queues/{ENGINE}/dead-letters"
PATIENCE_SECONDS = 60
Json = dict[str, Any]


@pytest.fixture
def real(
    settings: Settings, tmp_path: Path, broker_url: str, rabbitmq_server: RabbitServer, publisher: RabbitPublisher
) -> Iterator[Client]:
    """The API with a RabbitMQ, which its dispatcher publishes to."""
    servers = {"broker_url": SecretStr(broker_url), "broker_management_url": rabbitmq_server.management_url}
    storage = LocalStorage(tmp_path / "storage")
    (tmp_path / "scratch").mkdir()
    app = create_app(settings.model_copy(update=servers), storage=storage, broker=publisher)
    database = Database(settings.database_url.get_secret_value(), name="tests")
    paths = (tmp_path / "scratch", tmp_path / "storage")
    yield Client(app, app.test_client(), database, ListBroker(), storage, *paths)
    close_app(app)
    database.close()


def until(question: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := question()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return answer


def queue(api: Client) -> Json:
    (shown,) = api.get("/api/v1/queues").get_json()["items"]
    return dict(shown)


def letters(api: Client) -> list[Json]:
    return list(api.get(PATH).get_json()["items"])


def submit_dead(api: Client, broker: EpsmBroker, model: bytes, weather: bytes) -> str:
    """Submits one run whose message a worker then rejects; returns the run's id."""
    simulation = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"]
    consumer = broker.consume(QUEUE, timeout=200)
    received = until(lambda: next(consumer))
    consumer.nack(received)
    consumer.close()
    until(lambda: letters(api))
    return str(api.runs(simulation)[0]["id"])


def test_the_run_of_a_dead_letter_is_sent_again(real: Client, broker: EpsmBroker, model: bytes, weather: bytes) -> None:
    run = submit_dead(real, broker, model, weather)
    (letter,) = letters(real)
    assert (letter["run_id"], letter["run_status"], letter["reason"]) == (run, "queued", "rejected")
    # RabbitMQ's times are whole seconds.
    assert letter["sent_at"][:19] <= letter["died_at"][:19]
    assert run in letter["text"]
    assert letters(real) == [letter]

    answer = real.post(f"{PATH}/requeue")

    assert answer.get_json() == {"engine": ENGINE, "requeued": 1, "over": 0, "unreadable": 0, "remaining": 0}
    assert letters(real) == []
    consumer = broker.consume(QUEUE, timeout=200)
    assert until(lambda: receive(consumer))["run_id"] == run
    consumer.close()
    (entry,) = real.get("/api/v1/audit?action=dead_letters.requeued").get_json()["items"]
    assert entry["object"] == f"queues/{ENGINE}/dead-letters"
    assert {**entry["detail"], "for_owner": None} == {"requeued": 1, "over": 0, "unreadable": 0, "for_owner": None}


def test_the_letter_of_a_run_that_is_over_is_dropped(
    real: Client, broker: EpsmBroker, model: bytes, weather: bytes
) -> None:
    run = submit_dead(real, broker, model, weather)
    real.post(f"/api/v1/runs/{run}/cancel")
    (letter,) = letters(real)

    answer = real.post(f"{PATH}/requeue", json={"id": letter["id"]})

    assert answer.get_json() == {"engine": ENGINE, "requeued": 0, "over": 1, "unreadable": 0, "remaining": 0}
    assert real.get(f"/api/v1/runs/{run}").get_json()["status"] == "cancelled"
    assert real.post(f"{PATH}/requeue", json={"id": letter["id"]}).status_code == 404


def test_a_message_that_names_no_run_stays_until_it_is_named(
    real: Client, broker: EpsmBroker, broker_url: str, model: bytes, weather: bytes
) -> None:
    run = submit_dead(real, broker, model, weather)
    bodies = [b"\xff\x00", b"[]", b'{"actor_name": "run", "kwargs": {"run_id": 7}, "message_timestamp": 1e999}']
    with pika.BlockingConnection(pika.URLParameters(broker_url)) as connection:
        for body in bodies:
            connection.channel().basic_publish("", dead_letter_queue(QUEUE), body)
    until(lambda: len(letters(real)) == 4)

    answer = real.post(f"{PATH}/requeue").get_json()

    assert (answer["requeued"], answer["unreadable"], answer["remaining"]) == (1, 3, 3)
    left = letters(real)
    assert [(item["run_id"], item["reason"], item["sent_at"]) for item in left] == [(None, None, None)] * 3
    assert [item["text"] for item in left] == [body.decode(errors="replace") for body in bodies]
    named = real.post(f"{PATH}/requeue", json={"id": left[1]["id"]}).get_json()
    assert (named["unreadable"], named["remaining"]) == (1, 2)
    assert [item["id"] for item in letters(real)] == [left[0]["id"], left[2]["id"]]
    assert real.get(f"/api/v1/runs/{run}").get_json()["status"] == "queued"
    assert len(real.get(f"{PATH}?limit=1").get_json()["items"]) == 1


def test_a_queue_shows_what_workers_have_fetched(
    real: Client, broker: EpsmBroker, model: bytes, weather: bytes
) -> None:
    real.submit([("a.idf", model), ("c.idf", model + b"\n")], [("b.epw", weather)])
    consumer = broker.consume(QUEUE, timeout=200)
    until(lambda: next(consumer))

    # The management API counts every few seconds.
    shown = until(lambda: (found := queue(real))["unacked"] and found)

    assert (shown["waiting"], shown["unacked"], shown["consumers"], shown["dead_letters"]) == (1, 1, 1, 0)
    assert (shown["waiting_unknown"], shown["traffic_unknown"]) == (None, None)
    assert shown["out_per_second"] == 0
    consumer.close()


def test_nothing_is_lost_between_the_commit_and_the_end_of_the_letter(
    api: Client, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = api.runs(api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"])[0]["id"]
    until(lambda: api.broker.published)
    api.broker.letters = [DeadLetter("one", "rejected", None, None, api.broker.published[0].run_id, "")]

    def away(*_: object) -> int:
        raise BrokerAway("RabbitMQ: it is away")

    with monkeypatch.context() as patched:
        patched.setattr(api.broker, "drop_dead_letters", away)
        answer = api.post(f"{PATH}/requeue")

    assert answer.status_code == 503
    assert "the dead letters are still there" in answer.get_json()["detail"]
    # Sent once more by the dispatcher, whether or not the letter is there.
    until(lambda: len(api.broker.published) == 2)
    assert str(api.broker.published[1].run_id) == run
    assert len(letters(api)) == 1
    assert api.post(f"{PATH}/requeue").get_json()["remaining"] == 0


def test_without_rabbitmq_the_answers_say_so(api: Client) -> None:
    api.broker.away = True

    shown = queue(api)

    assert [shown[name] for name in ("waiting", "consumers", "dead_letters", "unacked")] == [None] * 4
    assert shown["waiting_unknown"] == "RabbitMQ: it is away"
    assert shown["traffic_unknown"] == "EPSM_BROKER_MANAGEMENT_URL is not set"
    for answer in (api.get(PATH), api.post(f"{PATH}/requeue")):
        assert (answer.status_code, answer.get_json()["detail"]) == (503, "RabbitMQ: it is away")
        assert int(answer.headers["Retry-After"]) > 0


def test_only_admins_see_and_requeue_dead_letters(closed: Client) -> None:
    anna, admin = closed.calling_as("anna"), closed.calling_as("root", "admin")
    assert [anna.get(PATH).status_code, anna.post(f"{PATH}/requeue").status_code] == [403, 403]
    unknown = PATH.replace(ENGINE, "9.9.9")
    assert [admin.get(unknown).status_code, admin.post(f"{unknown}/requeue").status_code] == [404, 404]
    assert admin.post(f"{PATH}/requeue", data="id=x").status_code == 415
    assert admin.post(f"{PATH}/requeue").get_json()["remaining"] == 0
    with closed.database.transaction() as connection:
        counted = connection.scalar(text("SELECT count(*) FROM audit WHERE action = 'dead_letters.requeued'"))
    assert counted == 0
