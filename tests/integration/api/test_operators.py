"""What operators ask: which worker has a run, who did what when, which simulations there are, what waits longest."""

from itertools import repeat
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, update

from api_service.audit import queries as audit
from api_service.simulations import queries as simulations
from shared.db.tables import Run
from tests.integration.api.conftest import Client

Json = dict[str, Any]


def everything(api: Client, path: str) -> list[Json]:
    """The items of all pages."""
    found: list[Json] = []
    cursor = ""
    for _ in repeat(None, 50):
        answer = api.get(f"{path}{cursor}")
        assert answer.status_code == 200, answer.text
        found += answer.get_json()["items"]
        if (after := answer.get_json()["next_cursor"]) is None:
            return found
        cursor = f"&cursor={after}"
    raise AssertionError("the list does not end")


def submit(api: Client, model: bytes, weather: bytes, **spec: object) -> str:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec)
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["id"])


def change(api: Client, simulation_id: str, **columns: object) -> None:
    """Changes the runs of a simulation."""
    with api.database.transaction() as connection:
        connection.execute(update(Run).where(Run.simulation_id == UUID(simulation_id)).values(columns))


def oldest(api: Client) -> str | None:
    (queue,) = api.get("/api/v1/queues").get_json()["items"]
    return None if queue["oldest_queued_at"] is None else str(queue["oldest_queued_at"])


def test_a_worker_shows_those_of_its_runs_that_the_requester_may_see(
    closed: Client, model: bytes, weather: bytes
) -> None:
    anna, bert, admin = closed.calling_as("anna"), closed.calling_as("bert"), closed.calling_as("root", "admin")
    first, second = (one.runs(submit(one, model, weather))[0] for one in (anna, bert))
    for run in (first, second):
        anna.start(run)

    shown = {}
    for name, client in (("anna", anna), ("bert", bert), ("root", admin)):
        (worker,) = client.get("/api/v1/workers").get_json()["items"]
        assert worker["running"] == 2
        shown[name] = [run["id"] for run in worker["runs"]]
    assert shown == {"anna": [first["id"]], "bert": [second["id"]], "root": [first["id"], second["id"]]}
    (worker,) = anna.get("/api/v1/workers").get_json()["items"]
    run = anna.get(f"/api/v1/runs/{first['id']}").get_json()
    assert worker["runs"] == [
        {name: run[name] for name in ("id", "simulation_id", "index", "model", "weather", "progress", "started_at")}
    ]
    drained = admin.post(f"/api/v1/workers/{worker['id']}/drain").get_json()
    assert len(drained["runs"]) == 2


def test_all_running_runs_are_found_at_once(closed: Client, model: bytes, weather: bytes) -> None:
    anna, bert = closed.calling_as("anna"), closed.calling_as("bert")
    made = [submit(client, model, weather) for client in (anna, anna, anna, bert)]
    running = [client.runs(made[index])[0] for client, index in ((anna, 0), (anna, 2), (bert, 3))]
    for run in running:
        anna.start(run)

    assert [run["id"] for run in everything(anna, "/api/v1/runs?status=running&limit=1")] == [
        running[1]["id"],
        running[0]["id"],
    ]
    assert everything(anna, "/api/v1/runs?status=running&worker=worker-2") == []
    assert len(everything(anna, "/api/v1/runs?status=running&worker=worker-1&q=A.IDF")) == 2
    assert everything(anna, "/api/v1/runs?status=running&owner=bert") == []
    assert [run["simulation_id"] for run in everything(anna, "/api/v1/runs?status=queued")] == [made[1]]


def test_simulations_are_sorted_and_searched_a_page_at_a_time(
    api: Client, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["Office 1", "School", "office 2", "Shop", "Hotel", "100% OFFICE"]
    made = {name: submit(api, model, weather, name=name) for name in names}
    api.post(f"/api/v1/simulations/{made['School']}/cancel")
    monkeypatch.setattr(simulations, "MOST_LOOKED_AT", 3)

    def named(query: str) -> list[str]:
        return [item["name"] for item in everything(api, f"/api/v1/simulations?{query}")]

    assert named("limit=2&sort=created") == names
    assert named("limit=2") == named("limit=2&sort=-created") == names[::-1]
    assert named("limit=1&sort=created&name=oFFice") == ["Office 1", "office 2", "100% OFFICE"]
    assert named("limit=2&name=0%25") == ["100% OFFICE"]
    assert named("limit=2&status=cancelled") == ["School"]
    assert named("limit=2&status=cancelled&name=office") == []
    first = api.get("/api/v1/simulations?limit=1").get_json()
    assert api.get(f"/api/v1/simulations?sort=created&cursor={first['next_cursor']}").status_code == 422


def test_the_audit_log_is_read_by_actor_action_target_and_time(
    closed: Client, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, bert, admin = closed.calling_as("anna"), closed.calling_as("bert"), closed.calling_as("root", "admin")
    made = [submit(client, model, weather) for client in (anna, bert, anna)]
    for client, simulation in zip((anna, bert, anna), made, strict=True):
        client.post(f"/api/v1/simulations/{simulation}/cancel")
    monkeypatch.setattr(audit, "MOST_LOOKED_AT", 2)

    def done(query: str) -> list[tuple[str, str]]:
        found = everything(admin, f"/api/v1/audit?limit=2&{query}")
        return [(entry["owner"], entry["object"].removeprefix("simulations/")) for entry in found]

    assert done("action=simulation.cancelled") == [("anna", made[2]), ("bert", made[1]), ("anna", made[0])]
    assert done("action=simulation.cancelled&owner=anna") == [("anna", made[2]), ("anna", made[0])]
    assert done(f"action=simulation.cancelled&owner=anna&object=simulations/{made[1]}") == []
    middle = everything(admin, f"/api/v1/audit?limit=2&action=simulation.cancelled&object=simulations/{made[1]}")[0]
    assert done(f"action=simulation.cancelled&after={middle['at']}") == [("anna", made[2])]
    assert done(f"action=simulation.cancelled&before={middle['at']}") == [("anna", made[0])]
    assert admin.get("/api/v1/audit?after=yesterday").status_code == 422


def test_a_queue_says_since_when_its_oldest_run_waits(api: Client, model: bytes, weather: bytes) -> None:
    assert oldest(api) is None
    api.post("/api/v1/fleet/pause")
    made = [submit(api, model, weather) for _ in range(3)]
    queued = [api.runs(simulation)[0]["queued_at"] for simulation in made]
    assert oldest(api) == queued[0]

    # Held runs are left out, and a run that was sent counts until it starts.
    api.call("PATCH", f"/api/v1/simulations/{made[0]}", json={"hold": True})
    assert oldest(api) == queued[1]
    change(api, made[1], published_at=func.now())
    assert oldest(api) == queued[1]

    # A simulation that is older has runs that a retry has queued later.
    change(api, made[1], queued_at=func.now())
    assert oldest(api) == queued[2]
    api.post("/api/v1/fleet/resume")
    api.start(api.runs(made[2])[0])
    assert oldest(api) == api.runs(made[1])[0]["queued_at"]
