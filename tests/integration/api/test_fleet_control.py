"""Fleet control over HTTP: pauses are shown and resumed, workers are drained and resumed."""

import time

import pytest
from sqlalchemy import text

from shared.state.fleet import READY, WorkerUsage, beat_worker
from tests.integration.api.conftest import Client

ENGINE = "25.2.0"
PATIENCE_SECONDS = 60


def queue(api: Client) -> dict[str, object]:
    return dict(api.get("/api/v1/queues").get_json()["items"][0])


def change(api: Client, statement: str) -> None:
    with api.database.transaction() as connection:
        connection.execute(text(statement))


def test_a_pause_is_shown_with_its_reason_and_ends_with_resume(api: Client) -> None:
    assert (queue(api)["paused"], queue(api)["reason"], queue(api)["since"]) == (False, None, None)

    answer = api.post("/api/v1/fleet/pause", json={"reason": "the store moves"})

    assert answer.status_code == 200
    shown = answer.get_json()["items"]
    assert [(pause["engine"], pause["reason"]) for pause in shown] == [(None, "the store moves")]
    assert (queue(api)["paused"], queue(api)["reason"]) == (True, "the store moves")
    assert queue(api)["since"] == shown[0]["since"]
    assert api.post("/api/v1/fleet/resume").get_json() == {"items": []}
    assert queue(api)["paused"] is False


def test_a_run_that_is_submitted_during_a_pause_is_sent_once_it_ends(api: Client, model: bytes, weather: bytes) -> None:
    api.post("/api/v1/fleet/pause", json={"engine": ENGINE})
    answer = api.submit([("a.idf", model)], [("b.epw", weather)])
    assert answer.status_code == 201
    dispatch = api.app.extensions["epsm"].dispatch
    assert dispatch.run_once() == 0

    api.post("/api/v1/fleet/resume", json={"engine": ENGINE})

    deadline = time.monotonic() + PATIENCE_SECONDS
    while not api.broker.published:
        # The application's own dispatcher may do it, which the end of the pause has woken.
        dispatch.run_once()
        assert time.monotonic() < deadline


def test_pausing_and_resuming_twice_is_the_same_as_once(api: Client) -> None:
    first = api.post("/api/v1/fleet/pause", json={"reason": "the store moves"}).get_json()

    assert api.post("/api/v1/fleet/pause").get_json() == first
    assert api.post("/api/v1/fleet/resume").get_json() == {"items": []}
    assert api.post("/api/v1/fleet/resume").get_json() == {"items": []}


def test_one_engine_does_not_resume_while_the_whole_fleet_is_paused(api: Client) -> None:
    api.post("/api/v1/fleet/pause")
    api.post("/api/v1/fleet/pause", json={"engine": ENGINE, "reason": "a bad build"})
    assert queue(api)["reason"] == "a bad build"

    answer = api.post("/api/v1/fleet/resume", json={"engine": ENGINE})

    assert answer.status_code == 409
    assert "whole fleet" in answer.get_json()["detail"]
    assert queue(api)["reason"] == "a bad build"
    assert api.post("/api/v1/fleet/resume").get_json() == {"items": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"engine": "1.2.3"}, "engine"),
        ({"engine": ""}, "engine"),
        ({"engine": 25}, "engine"),
        ({"reason": "x" * 501}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"engines": [ENGINE]}, "engines"),
    ],
)
def test_an_invalid_pause_is_refused_by_field(api: Client, body: object, field: str) -> None:
    answer = api.post("/api/v1/fleet/pause", json=body)

    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.get_json()["errors"]] == [field]
    assert queue(api)["paused"] is False


def test_a_body_that_is_not_json_does_not_pause_the_fleet(api: Client) -> None:
    answer = api.post("/api/v1/fleet/pause", data='{"engine": "25.2.0"}', content_type="text/plain")

    assert answer.status_code == 415
    assert queue(api)["paused"] is False


def test_a_drained_worker_is_shown_and_offers_no_slots_until_it_is_resumed(api: Client) -> None:
    assert queue(api)["slots"] == 2

    answer = api.post("/api/v1/workers/worker-1/drain")

    assert answer.status_code == 200
    worker = answer.get_json()
    assert worker["status"] == "draining"
    assert worker["drain_requested_at"] is not None
    assert queue(api)["slots"] == 0
    assert api.post("/api/v1/workers/worker-1/drain").get_json() == worker
    assert api.post("/api/v1/workers/worker-1/resume").get_json()["status"] == "ready"
    assert queue(api)["slots"] == 2


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        ("UPDATE workers SET status = 'stopped'", "stopped"),
        ("UPDATE workers SET beat_at = now() - interval '1 h'", "lost"),
    ],
)
def test_a_dead_worker_cannot_be_drained_or_resumed(api: Client, statement: str, status: str) -> None:
    change(api, statement)

    for verb in ("drain", "resume"):
        answer = api.post(f"/api/v1/workers/worker-1/{verb}")
        assert answer.status_code == 409
        assert status in answer.get_json()["detail"]


@pytest.mark.parametrize("worker_id", ["worker-2", "a%00b"])
def test_an_unknown_worker_is_not_found(api: Client, worker_id: str) -> None:
    for verb in ("drain", "resume"):
        assert api.post(f"/api/v1/workers/{worker_id}/{verb}").status_code == 404


def test_an_unfit_worker_says_why(api: Client) -> None:
    change(api, "UPDATE workers SET status = 'unfit', reason = 'Scratch directory /s: Read-only file system'")

    worker = api.get("/api/v1/workers").get_json()["items"][0]

    assert (worker["status"], worker["reason"]) == ("unfit", "Scratch directory /s: Read-only file system")
    assert queue(api)["slots"] == 0


def test_only_admins_control_the_fleet_and_it_is_recorded(closed: Client) -> None:
    paths = ("fleet/pause", "fleet/resume", "workers/worker-1/drain", "workers/worker-1/resume")
    owner, admin = closed.calling_as("anna"), closed.calling_as("root", "admin")

    assert [owner.post(f"/api/v1/{path}").status_code for path in paths] == [403] * 4
    assert [admin.post(f"/api/v1/{path}").status_code for path in paths] == [200] * 4

    recorded = [
        (entry["owner"], entry["action"], entry["object"])
        for entry in admin.get("/api/v1/audit?owner=root").get_json()["items"]
    ]
    assert recorded[::-1][-4:] == [
        ("root", "fleet.paused", "fleet"),
        ("root", "fleet.resumed", "fleet"),
        ("root", "worker.drained", "workers/worker-1"),
        ("root", "worker.resumed", "workers/worker-1"),
    ]


def test_a_worker_says_what_its_process_uses_and_has_done(api: Client) -> None:
    old = api.get("/api/v1/workers").get_json()["items"][0]
    assert (old["memory_bytes"], old["cpu_percent"], old["ended"]) == (None, None, None)

    for usage in (WorkerUsage(123_456_789, 12.5, {"succeeded": 3, "failed": 1}), None):
        with api.database.transaction() as connection:
            beat_worker(connection, "worker-1", READY, usage)
        worker = api.get("/api/v1/workers").get_json()["items"][0]
        assert (worker["memory_bytes"], worker["cpu_percent"]) == (123_456_789, 12.5)
        assert worker["ended"] == {"succeeded": 3, "failed": 1}
