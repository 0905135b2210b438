"""Accepted submissions."""

import hashlib
import time
from uuid import UUID

import pytest
from sqlalchemy import update

from shared.db.tables import Artifact
from tests.integration.api.conftest import Client

pytestmark = pytest.mark.integration


def test_a_submission_is_answered_with_the_simulation_and_its_address(
    api: Client, model: bytes, weather: bytes
) -> None:
    answer = api.submit([("office.idf", model)], [("town.epw", weather)])

    assert answer.status_code == 201
    body = answer.get_json()
    assert answer.headers["Location"] == f"/api/v1/simulations/{body['id']}"
    assert body["task_id"] == body["id"]
    assert body["name"] == "office.idf"
    assert body["owner"] == api.owner
    assert (body["status"], body["priority"], body["progress"]) == ("queued", "normal", 0)
    assert body["counts"] == {"total": 1, "queued": 1, "running": 0, "succeeded": 0, "failed": 0, "cancelled": 0}
    assert body["engines"] == ["25.2.0"]
    assert body["created_at"].endswith("Z")
    assert body["started_at"] is None
    assert body["ended_at"] is None
    assert {(i["role"], i["name"]) for i in body["inputs"]} == {("model", "office.idf"), ("weather", "town.epw")}
    assert api.get(answer.headers["Location"]).get_json() == body


def test_models_weather_and_values_are_crossed_in_a_fixed_order(api: Client, model: bytes, weather: bytes) -> None:
    light = {"name": "light", "object": "Lights", "field": "Watts per Floor Area", "values": [5, 10.5]}
    scale = {"name": "people", "object": "People", "field": "Number of People", "mode": "scale", "values": [0.5]}
    answer = api.submit(
        [("b.idf", model), ("a.idf", model + b"\n! other")],
        [("z.epw", weather), ("y.epw", weather)],
        spec={"parameters": [light, scale], "name": "crossed", "annual": True, "priority": "HIGH"},
    )

    assert answer.status_code == 201, answer.get_json()
    simulation = answer.get_json()
    assert (simulation["name"], simulation["priority"], simulation["spec"]["annual"]) == ("crossed", "high", True)
    runs = api.runs(simulation["id"])
    assert [run["index"] for run in runs] == list(range(8))
    assert [(run["model"], run["weather"], run["parameters"]) for run in runs[:3]] == [
        ("b.idf", "z.epw", {"light": 5, "people": 0.5}),
        ("b.idf", "z.epw", {"light": 10.5, "people": 0.5}),
        ("b.idf", "y.epw", {"light": 5, "people": 0.5}),
    ]
    assert simulation["spec"]["parameters"][0] == {
        **light,
        "match": "*",
        "mode": "set",
        "range": None,
        "group": None,
    }


def test_a_submission_wakes_the_dispatcher_which_hands_the_runs_to_rabbitmq(
    api: Client, model: bytes, weather: bytes
) -> None:
    simulation = api.submit([("a.idf", model)], [("b.epw", weather)], headers={"X-Request-ID": "trace-me"}).get_json()

    deadline = time.monotonic() + 30
    mine: list[str] = []
    while not mine and time.monotonic() < deadline:
        mine = [m.correlation_id for m in api.broker.published if m.simulation_id == UUID(simulation["id"])]
        time.sleep(0.02)
    assert mine == ["trace-me"]


def test_a_submission_is_taken_while_rabbitmq_is_away(api: Client, model: bytes, weather: bytes) -> None:
    api.broker.away = True

    assert api.submit([("a.idf", model)], [("b.epw", weather)]).status_code == 201


def test_inputs_that_are_stored_can_be_named_by_hash(api: Client, model: bytes, weather: bytes) -> None:
    api.submit([("office.idf", model)], [("town.epw", weather)])
    named = {
        "models": [{"name": "again.idf", "sha256": hashlib.sha256(model).hexdigest()}],
        "weather": [{"name": "town.epw", "sha256": hashlib.sha256(weather).hexdigest()}],
        "name": "by hash",
    }

    answer = api.post("/api/v1/simulations", json=named)

    assert answer.status_code == 201, answer.get_json()
    assert answer.get_json()["name"] == "by hash"
    assert api.runs(answer.get_json()["id"])[0]["model"] == "again.idf"


def test_the_same_bytes_are_stored_once(api: Client, model: bytes, weather: bytes) -> None:
    for name in ("one.idf", "two.idf"):
        assert api.submit([(name, model)], [("town.epw", weather)]).status_code == 201

    stored = [path.name for path in api.stored.rglob("*") if path.is_file()]
    assert sorted(stored) == sorted(hashlib.sha256(content).hexdigest() for content in (model, weather))


def test_nothing_is_left_in_the_spool(api: Client, model: bytes, weather: bytes) -> None:
    api.submit([("a.idf", model)], [("b.epw", weather)])

    assert list(api.scratch.iterdir()) == []


def test_a_submission_waits_for_the_deletion_of_its_input_and_then_gets_retry_after(
    api: Client, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    unique = model + b"\n! to be deleted"
    api.submit([("a.idf", unique)], [("b.epw", weather)])
    with api.database.transaction() as connection:
        statement = update(Artifact).where(Artifact.sha256 == hashlib.sha256(unique).hexdigest())
        connection.execute(statement.values(tombstoned_at=Artifact.created_at))
    monkeypatch.setattr("api_service.submission.store_inputs.PAUSE_SECONDS", 0.01)

    answer = api.submit([("a.idf", unique)], [("b.epw", weather)])

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "encode", [lambda t: "\ufeff".encode() + t, lambda t: t + "\n! caf\u00e9 20 \u00b0C\n".encode("latin-1")]
)
def test_a_byte_order_mark_and_latin_1_are_taken(encode, api: Client, model: bytes, weather: bytes) -> None:  # type: ignore[no-untyped-def]
    answer = api.submit([("a.idf", encode(model))], [("b.epw", weather)])

    assert answer.status_code == 201, answer.get_json()


def test_limits_can_be_lowered(api: Client, model: bytes, weather: bytes) -> None:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"limits": {"hard_seconds": 60}})

    assert answer.get_json()["limits"] == {"soft_seconds": 60, "hard_seconds": 60}
