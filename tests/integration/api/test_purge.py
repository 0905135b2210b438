"""Purge of an engine's queue: queued runs become cancelled, and none is lost."""

import pytest
from sqlalchemy import text

from shared.state.backlog import wrong_counters
from shared.state.ledger import discrepancies
from shared.state.purge import BATCH
from tests.integration.api.conftest import Client

ENGINE = "25.2.0"
PATH = f"/api/v1/queues/{ENGINE}/purge"


def submit(api: Client, model: bytes, weather: bytes, runs: int = 1) -> str:
    turn = {"name": "t", "object": "Building", "field": "North Axis", "values": [float(n) for n in range(runs)]}
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [turn]})
    return str(answer.get_json()["id"])


def test_purged_runs_are_cancelled_and_running_ones_go_on(closed: Client, model: bytes, weather: bytes) -> None:
    anna, admin = closed.calling_as("anna"), closed.calling_as("root", "admin")
    admin.post("/api/v1/fleet/pause")
    first, second = submit(anna, model, weather, 3), submit(closed.calling_as("bert"), model, weather)
    admin.post("/api/v1/fleet/resume")
    running = anna.runs(first)[0]
    anna.start(running)

    answer = admin.post(PATH, json={"confirm": ENGINE})

    assert answer.get_json() == {"engine": ENGINE, "cancelled": 3}
    assert [run["status"] for run in anna.runs(first)] == ["running", "cancelled", "cancelled"]
    assert anna.get(f"/api/v1/simulations/{first}").get_json()["status"] == "running"
    assert admin.get(f"/api/v1/simulations/{second}").get_json()["status"] == "cancelled"
    why = anna.get(f"/api/v1/runs/{anna.runs(first)[1]['id']}/why").get_json()
    assert why["reasons"][0]["text"] == f"The queue of engine {ENGINE} was purged by root."
    (entry,) = admin.get("/api/v1/audit?action=queue.purged").get_json()["items"]
    assert (entry["owner"], entry["object"], entry["detail"]) == ("root", f"queues/{ENGINE}", {"runs": 3})
    with closed.database.transaction() as connection:
        assert (discrepancies(connection), wrong_counters(connection)) == ({}, {})
        data = connection.scalars(text("SELECT data ->> 'reason' FROM events WHERE name = 'run.cancelled'")).all()
    assert data == ["purged"] * 3
    assert admin.post(PATH, json={"confirm": ENGINE}).get_json()["cancelled"] == 0


def test_more_simulations_than_one_transaction_takes_are_purged(api: Client, model: bytes, weather: bytes) -> None:
    api.post("/api/v1/fleet/pause")
    submitted = [submit(api, model, weather) for _ in range(BATCH + 3)]

    assert api.post(PATH, json={"confirm": ENGINE}).get_json()["cancelled"] == len(submitted)

    assert {api.runs(simulation)[0]["status"] for simulation in submitted} == {"cancelled"}


@pytest.mark.parametrize("body", [None, {}, {"confirm": ""}, {"confirm": "25.2"}, {"confirm": 25}])
def test_a_purge_without_its_confirmation_is_refused(
    api: Client, model: bytes, weather: bytes, body: dict[str, object] | None
) -> None:
    api.post("/api/v1/fleet/pause")
    simulation = submit(api, model, weather)

    answer = api.post(PATH) if body is None else api.post(PATH, json=body)

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.get_json()["errors"]] == ["confirm"]
    assert api.runs(simulation)[0]["status"] == "queued"


def test_only_admins_purge_queues_that_there_are(closed: Client) -> None:
    assert closed.calling_as("anna").post(PATH, json={"confirm": ENGINE}).status_code == 403
    admin = closed.calling_as("root", "admin")
    assert admin.post("/api/v1/queues/9.9.9/purge", json={"confirm": "9.9.9"}).status_code == 404
