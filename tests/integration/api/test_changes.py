"""Changes of what is queued: priority, hold and release."""

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared.state.backlog import wrong_counters
from shared.state.finish import give_back
from shared.state.finished import AttemptKey
from shared.state.policy import RetryPolicy
from tests.integration.api.conftest import Client

Json = dict[str, Any]
PATIENCE_SECONDS = 60


@pytest.fixture
def simulation(api: Client, model: bytes, weather: bytes) -> Json:
    """A simulation of three runs, none of them published."""
    api.post("/api/v1/fleet/pause")
    turn = {"name": "t", "object": "Building", "field": "North Axis", "values": [0.0, 1.0, 2.0]}
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [turn]})
    return dict(answer.get_json())


def patch(api: Client, simulation: Json, **asked: object) -> Json:
    answer = api.call("PATCH", f"/api/v1/simulations/{simulation['id']}", json=asked)
    assert answer.status_code == 200, answer.text
    with api.database.transaction() as connection:
        assert wrong_counters(connection) == {}
    return dict(answer.get_json())


def published(api: Client, simulation: Json, expected: int) -> bool:
    """Whether the dispatcher sends so many runs of the simulation; its thread may be at work at the same time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        api.app.extensions["epsm"].dispatch.run_once()
        sent = sum(str(message.simulation_id) == simulation["id"] for message in api.broker.published)
        if sent == expected or time.monotonic() > deadline:
            return bool(sent == expected)


def test_a_held_simulation_does_not_start_until_it_is_released(api: Client, simulation: Json) -> None:
    held = patch(api, simulation, hold=True)
    api.post("/api/v1/fleet/resume")

    assert held["held_at"] is not None
    assert held["counts"]["queued"] == 3
    runs = api.runs(simulation["id"])
    assert {run["held_reason"] for run in runs} == {"user"}
    assert published(api, simulation, 0)
    assert api.get(f"/api/v1/runs/{runs[0]['id']}/why").get_json()["reasons"][0]["code"] == "held"
    assert patch(api, simulation, hold=True)["held_at"] == held["held_at"]

    assert patch(api, simulation, hold=False)["held_at"] is None

    assert {run["held_reason"] for run in api.runs(simulation["id"])} == {None}
    assert published(api, simulation, 3)


def test_a_message_that_was_sent_before_the_hold_starts_nothing(api: Client, simulation: Json) -> None:
    api.post("/api/v1/fleet/resume")
    assert published(api, simulation, 3)

    patch(api, simulation, hold=True)

    with pytest.raises(AssertionError):
        api.start(api.runs(simulation["id"])[0])
    patch(api, simulation, hold=False)
    api.start(api.runs(simulation["id"])[0])


def test_a_run_that_comes_back_into_the_queue_is_held_with_the_others(api: Client, simulation: Json) -> None:
    api.post("/api/v1/fleet/resume")
    run, *others = api.runs(simulation["id"])
    claimed = api.start(run)
    assert patch(api, simulation, hold=True)["counts"]["running"] == 1
    with api.database.transaction() as connection:
        key = AttemptKey(claimed.simulation_id, claimed.run_id, claimed.attempt)
        give_back(connection, key, RetryPolicy(timedelta(0)))

    assert [r["held_reason"] for r in api.runs(simulation["id"])] == ["user"] * 3
    patch(api, simulation, hold=False)
    for again in (run, *others):
        api.succeed(again)
    assert api.get(f"/api/v1/simulations/{simulation['id']}").get_json()["status"] == "succeeded"


def test_a_held_simulation_can_be_cancelled_and_a_retry_is_not_held(api: Client, simulation: Json) -> None:
    api.post("/api/v1/fleet/resume")
    first, *_ = api.runs(simulation["id"])
    api.fail(first)
    patch(api, simulation, hold=True)
    path = f"/api/v1/simulations/{simulation['id']}"

    assert api.post(f"{path}/cancel").get_json()["counts"] == {
        "total": 3,
        "queued": 0,
        "running": 0,
        "succeeded": 0,
        "failed": 1,
        "cancelled": 2,
    }
    again = api.post(f"{path}/retry").get_json()
    assert (again["held_at"], again["counts"]["queued"]) == (None, 1)
    api.start(first)


def test_a_higher_priority_goes_before_what_was_submitted_earlier(
    api: Client, simulation: Json, model: bytes, weather: bytes
) -> None:
    later = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()

    assert patch(api, later, priority="urgent")["priority"] == "urgent"

    api.post("/api/v1/fleet/resume")
    assert published(api, simulation, 3)
    assert str(api.broker.published[0].simulation_id) == later["id"]
    assert patch(api, later, priority="urgent", hold=True)["held_at"] is not None


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, ""), ({"priority": "top"}, "priority"), ({"hold": "yes"}, "hold"), ({"name": "x"}, "name")],
)
def test_an_invalid_change_is_refused_by_field(api: Client, simulation: Json, body: Json, field: str) -> None:
    answer = api.call("PATCH", f"/api/v1/simulations/{simulation['id']}", json=body)

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.get_json()["errors"]] == [field]


def test_what_has_ended_is_not_changed(api: Client, simulation: Json) -> None:
    path = f"/api/v1/simulations/{simulation['id']}"
    api.post(f"{path}/cancel")

    for body in ({"priority": "low"}, {"hold": True}):
        assert api.call("PATCH", path, json=body).status_code == 409
    api.call("DELETE", path)
    assert api.call("PATCH", path, json={"hold": True}).status_code == 404


def test_changes_are_for_the_owner_and_are_recorded(closed: Client, model: bytes, weather: bytes) -> None:
    anna, bert, admin = closed.calling_as("anna"), closed.calling_as("bert"), closed.calling_as("root", "admin")
    path = f"/api/v1/simulations/{anna.submit([('a.idf', model)], [('b.epw', weather)]).get_json()['id']}"

    assert bert.call("PATCH", path, json={"hold": True}).status_code == 404
    assert closed.calling_as("anna", "read").call("PATCH", path, json={"hold": True}).status_code == 403
    for body in ({"hold": True, "priority": "high"}, {"hold": False}):
        assert anna.call("PATCH", path, json=body).status_code == 200

    entries = admin.get(f"/api/v1/audit?object={path.removeprefix('/api/v1/')}").get_json()["items"]
    changes = {(e["owner"], e["action"], tuple(e["detail"].items())) for e in entries}
    assert changes == {
        ("anna", "simulation.submitted", ()),
        ("anna", "simulation.priority_changed", (("priority", "high"),)),
        ("anna", "simulation.held", ()),
        ("anna", "simulation.released", ()),
    }
    with closed.database.transaction() as connection:
        names = connection.scalars(text("SELECT name FROM events WHERE run_id IS NULL ORDER BY id")).all()
    assert names == ["simulation.queued", "simulation.priority_changed", "simulation.held", "simulation.released"]
