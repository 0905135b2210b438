"""/api/v1: simulations, runs and files, and the actions on them."""

import threading
from importlib.metadata import version
from typing import Any

import pytest
from sqlalchemy import event

from api_service.http.dependencies import EXTENSION
from tests.integration.api.conftest import Client

Simulation = dict[str, Any]


@pytest.fixture
def simulation(api: Client, model: bytes, weather: bytes) -> Simulation:
    """A simulation of three runs."""
    copies = {"name": "copy", "object": "Building", "field": "North Axis", "values": [0.0, 1.0, 2.0]}
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [copies]})
    assert answer.status_code == 201
    return dict(answer.get_json())


def read(api: Client, simulation: Simulation) -> Simulation:
    return dict(api.get(f"/api/v1/simulations/{simulation['id']}").get_json())


def test_counts_add_up_at_every_step(api: Client, simulation: Simulation) -> None:
    runs = api.runs(simulation["id"])
    seen = []
    for step in (lambda: api.start(runs[0]), lambda: api.succeed(runs[1]), lambda: api.fail(runs[2])):
        step()
        counts = read(api, simulation)["counts"]
        assert counts.pop("total") == sum(counts.values()) == 3
        seen.append(counts)

    assert seen[-1] == {"queued": 0, "running": 1, "succeeded": 1, "failed": 1, "cancelled": 0}
    assert read(api, simulation)["status"] == "running"
    assert read(api, simulation)["started_at"].endswith("Z")


def test_a_run_has_every_field_of_the_contract(api: Client, simulation: Simulation) -> None:
    run = api.runs(simulation["id"])[0]
    assert set(run) >= {
        *("id", "simulation_id", "index", "model", "weather", "parameters", "engine", "status", "verdict"),
        *("progress", "attempt", "worker", "queued_at", "started_at", "ended_at", "error", "messages", "files"),
        "metrics",
    }
    assert (run["metrics"], run["error"], run["verdict"]) == (None, None, None)

    api.fail(run, "Severe: no such schedule")

    failed = api.get(f"/api/v1/runs/{run['id']}").get_json()
    assert failed["error"] == {"code": "fatal", "message": "Severe: no such schedule"}
    assert failed["metrics"] is None
    assert failed["messages"] == [{"severity": "fatal", "text": "no such schedule", "count": 1, "object": None}]


def test_runs_are_filtered_and_paged(api: Client, simulation: Simulation) -> None:
    api.succeed(api.runs(simulation["id"])[1])
    path = f"/api/v1/simulations/{simulation['id']}/runs"

    assert [run["index"] for run in api.get(f"{path}?status=succeeded").get_json()["items"]] == [1]
    first = api.get(f"{path}?limit=2").get_json()
    assert [run["index"] for run in first["items"]] == [0, 1]
    second = api.get(f"{path}?limit=2&cursor={first['next_cursor']}").get_json()
    assert [run["index"] for run in second["items"]] == [2]
    assert second["next_cursor"] is None


def test_simulations_are_listed_newest_first_without_gaps_or_repeats(api: Client, model: bytes, weather: bytes) -> None:
    made = [api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/api/v1/simulations?limit=2{cursor}").get_json()
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"

    assert seen == made[::-1]


def test_lists_ask_the_database_as_often_for_one_as_for_many(api: Client, model: bytes, weather: bytes) -> None:
    def statements(path: str) -> int:
        count = 0

        def note(*_: Any) -> None:
            nonlocal count
            # The dispatch thread uses the same database at any time.
            count += threading.current_thread() is threading.main_thread()

        engine = api.app.extensions[EXTENSION].database.engine
        event.listen(engine, "before_cursor_execute", note)
        assert api.get(path).status_code == 200
        event.remove(engine, "before_cursor_execute", note)
        return count

    first = api.submit([("a.idf", model)], [("b.epw", weather)]).get_json()
    paths = ("/api/v1/simulations", f"/api/v1/simulations/{first['id']}/runs")
    for path in paths:
        statements(path)
    once = [statements(path) for path in paths]
    for _ in range(4):
        api.submit([("a.idf", model)], [("b.epw", weather)])

    assert [statements(path) for path in paths] == once


def test_a_simulation_is_deleted_only_when_it_has_ended(api: Client, simulation: Simulation) -> None:
    path = f"/api/v1/simulations/{simulation['id']}"
    assert api.client.delete(path).status_code == 409
    assert api.post(f"{path}/cancel").status_code == 200

    assert api.client.delete(path).status_code == 204

    run = f"/api/v1/simulations/{simulation['id']}/runs"
    assert [api.get(path).status_code, api.get(run).status_code, api.client.delete(path).status_code] == [404] * 3
    assert api.get("/api/v1/simulations").get_json()["items"] == []


def test_cancel_and_retry_say_when_there_is_nothing_to_do(api: Client, simulation: Simulation) -> None:
    path = f"/api/v1/simulations/{simulation['id']}"
    assert api.post(f"{path}/retry").status_code == 409
    runs = api.runs(simulation["id"])
    assert api.post(f"/api/v1/runs/{runs[0]['id']}/cancel").get_json()["status"] == "cancelled"
    assert api.post(f"/api/v1/runs/{runs[0]['id']}/cancel").status_code == 409
    api.succeed(runs[1])
    api.fail(runs[2])
    assert read(api, simulation)["status"] == "succeeded"
    assert api.post(f"{path}/cancel").status_code == 409

    again = api.post(f"{path}/retry")

    assert again.status_code == 200
    assert [run["status"] for run in api.runs(simulation["id"])] == ["cancelled", "succeeded", "queued"]
    assert (again.get_json()["status"], again.get_json()["round"]) == ("queued", 2)


def test_files_come_whole_and_in_parts_and_only_when_changed(api: Client, simulation: Simulation) -> None:
    run = api.runs(simulation["id"])[0]
    content = b"0123456789" * 10
    api.succeed(run, {"eplusout.err": content, "eplustbl.htm": b"<html></html>"})
    path = f"/api/v1/runs/{run['id']}/files/eplusout.err"

    whole = api.get(path)
    assert (whole.status_code, whole.get_data()) == (200, content)
    assert whole.content_type.startswith("text/plain")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    tag = whole.headers["ETag"]
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 304
    for asked, expected in (("bytes=5-9", content[5:10]), ("bytes=-3", content[-3:]), ("bytes=95-", content[95:])):
        part = api.get(path, headers={"Range": asked})
        assert (part.status_code, part.get_data()) == (206, expected)
    assert api.get(path, headers={"Range": "bytes=1000-"}).status_code == 416
    head = api.client.head(path)
    assert (head.status_code, head.headers["Content-Length"]) == (200, "100")
    report = api.get(f"/api/v1/runs/{run['id']}/files/eplustbl.htm")
    policy = report.headers["Content-Security-Policy"].split("; ")
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert report.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert api.get(f"/api/v1/runs/{run['id']}/log").get_data() == content
    assert api.get(f"/api/v1/runs/{run['id']}/files/nothing.txt").status_code == 404


def test_inputs_can_be_fetched_by_hash(api: Client, simulation: Simulation, model: bytes) -> None:
    href = next(i["href"] for i in read(api, simulation)["inputs"] if i["role"] == "model")

    assert api.get(href).get_data() == model
    assert api.get("/api/v1/artifacts/" + "0" * 64).status_code == 404


def test_messages_are_filtered_by_severity(api: Client, simulation: Simulation) -> None:
    run = api.runs(simulation["id"])[0]
    api.succeed(run)

    found = api.get(f"/api/v1/runs/{run['id']}/messages?severity=severe").get_json()["items"]

    core = {"class": "ZONE", "name": "CORE", "line": 7}
    assert found == [{"severity": "severe", "text": "Zone is on fire", "count": 2, "object": core}]


def test_workers_and_queues_are_shown(api: Client, simulation: Simulation) -> None:
    worker = api.get("/api/v1/workers").get_json()["items"][0]
    assert (worker["id"], worker["engine"], worker["status"], worker["concurrency"]) == (
        "worker-1",
        "25.2.0",
        "ready",
        2,
    )
    queue = api.get("/api/v1/queues").get_json()["items"][0]
    assert (queue["engine"], queue["queued"], queue["slots"]) == ("25.2.0", 3, 2)


def test_health_readiness_and_metrics(api: Client) -> None:
    assert api.get("/healthz").get_json() == {"status": "ok", "version": version("epsm")}
    assert api.get("/readyz").status_code == 200
    api.broker.away = True
    ready = api.get("/readyz")
    assert ready.status_code == 200
    assert "away" in ready.get_data(as_text=True)
    assert b"epsm_http_request_seconds" in api.get("/metrics").get_data()


def test_the_api_is_unready_without_its_storage(api: Client) -> None:
    for path in sorted(api.stored.rglob("*"), reverse=True):
        path.rmdir()
    api.stored.rmdir()

    assert api.get("/readyz").status_code == 503


def test_every_operation_is_documented_with_its_errors(api: Client) -> None:
    document = api.get("/api/openapi.json").get_json()

    assert document["openapi"].startswith("3.")
    for path in ("/api/v1/simulations", "/api/v1/runs/{run_id}", "/api/simulation/run/", "/api/v1/workers"):
        assert path in document["paths"], sorted(document["paths"])
    responses = document["paths"]["/api/v1/simulations"]["post"]["responses"]
    assert "application/problem+json" in str(responses["422"])


def test_the_page_of_the_api_document_needs_nothing_from_outside(api: Client) -> None:
    page = api.get("/api/docs")

    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "http" not in page.get_data(as_text=True).replace('charset="utf-8"', "").split("<body")[-1]


@pytest.mark.parametrize("path", ["/nowhere", "/api/v1/nowhere"])
def test_what_is_not_there_is_a_problem_document(api: Client, path: str) -> None:
    answer = api.get(path)

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"
