"""Why a run is not running, or has not succeeded."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from api_service.http.dependencies import EXTENSION
from shared.settings import Settings
from shared.state.finish import fail_attempt
from shared.state.finished import AttemptKey, Failure
from shared.state.policy import RetryPolicy
from tests.backlogs import counted, insert_backlog
from tests.integration.api.conftest import Client
from tests.rows import Rows

Json = dict[str, Any]
Submit = Callable[..., list[Json]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    # The dispatcher must not publish what a test looks at; it works only when it is called.
    return settings.model_copy(update={"dispatch_seconds": 3600.0})


@pytest.fixture
def submit(api: Client, model: bytes, weather: bytes) -> Submit:
    """Submits a simulation while the fleet is paused, so that nothing is published, and returns its runs."""

    def make(runs: int = 1, *, owner: str = "anna", priority: str = "normal") -> list[Json]:
        turn = {"name": "t", "object": "Building", "field": "North Axis", "values": [float(n) for n in range(runs)]}
        spec = {"parameters": [turn], "priority": priority}
        answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec, headers={"X-EPSM-Owner": owner})
        return api.runs(answer.get_json()["id"])

    api.post("/api/v1/fleet/pause", json={"reason": "the store moves"})
    return make


def change(api: Client, statement: str) -> None:
    with api.database.transaction() as connection:
        connection.execute(text(statement))


def why(api: Client, run: Json) -> dict[str, Json]:
    """The reasons by their codes."""
    answer = api.get(f"/api/v1/runs/{run['id']}/why")
    assert answer.status_code == 200, answer.text
    assert answer.get_json()["status"] == api.get(f"/api/v1/runs/{run['id']}").get_json()["status"]
    return {reason["code"]: reason for reason in answer.get_json()["reasons"]}


def test_a_pause_is_named_with_its_reason(api: Client, submit: Submit) -> None:
    (run,) = submit()

    assert why(api, run)["paused"]["text"] == "The whole fleet is paused: the store moves."

    api.post("/api/v1/fleet/pause", json={"engine": "25.2.0"})
    reasons = api.get(f"/api/v1/runs/{run['id']}/why").get_json()["reasons"]
    assert [reason["code"] for reason in reasons] == ["paused", "paused", "waiting"]
    assert "Engine 25.2.0 is paused." in [reason["text"] for reason in reasons]


@pytest.mark.parametrize(
    ("statement", "code", "said"),
    [
        ("DELETE FROM workers", "no_worker", "No worker with engine 25.2.0"),
        ("UPDATE workers SET engine = '9.4.0'", "no_worker", "No worker with engine 25.2.0"),
        ("UPDATE workers SET status = 'stopped'", "no_worker", "No worker"),
        ("UPDATE workers SET beat_at = now() - interval '1 hour'", "no_worker", "No worker"),
        ("UPDATE workers SET status = 'unfit', reason = 'no disk'", "no_fit_worker", "here is unfit (no disk)"),
        ("UPDATE workers SET status = 'drained'", "no_fit_worker", "here is drained"),
        ("UPDATE workers SET drain_requested_at = now()", "no_fit_worker", "here is draining"),
    ],
)
def test_workers_that_take_no_runs_are_named(api: Client, submit: Submit, statement: str, code: str, said: str) -> None:
    (run,) = submit()
    assert {"no_worker", "no_fit_worker"}.isdisjoint(why(api, run))

    change(api, statement)

    assert said in why(api, run)[code]["text"]


def test_the_position_counts_what_goes_before(api: Client, submit: Submit) -> None:
    mine = submit(5)
    assert "with no run before it" in why(api, mine[0])["waiting"]["text"]
    assert "with 4 runs before it" in why(api, mine[4])["waiting"]["text"]

    submit(2, priority="high")
    assert "with 2 runs before it" in why(api, mine[0])["waiting"]["text"]
    submit(50, owner="bert")
    # One turn of the other owner's before the first of mine, five before the fifth.
    assert "with 3 runs before it" in why(api, mine[0])["waiting"]["text"]
    assert "with 11 runs before it" in why(api, mine[4])["waiting"]["text"]
    submit(3, priority="low")
    assert "with 3 runs before it" in why(api, mine[0])["waiting"]["text"]


def test_a_position_is_counted_up_to_a_bound_however_much_waits(api: Client, submit: Submit) -> None:
    (run,) = submit(priority="low")
    Rows(api.database).new_simulation()
    most = []
    for simulations in (1100, 9000):
        with api.database.transaction() as connection:
            insert_backlog(connection, simulations=simulations, runs=1, owner="other")
        with counted(api.app.extensions[EXTENSION].database) as pages:
            assert "more than 1,000 runs before it" in why(api, run)["waiting"]["text"]
        most.append(pages.most())

    assert {sql: pages for sql, pages in most[1].items() if pages > max(2 * most[0].get(sql, 0), 100)} == {}


def test_a_published_run_waits_for_a_worker(api: Client, submit: Submit) -> None:
    runs = submit(2)
    api.post("/api/v1/fleet/resume")
    change(api, "UPDATE runs SET published_at = now() + index * interval '1 second'")

    assert "with 1 run before it" in why(api, runs[1])["published"]["text"]
    assert list(why(api, runs[0])) == ["published"]


def test_a_backoff_says_until_when_and_what_failed(api: Client, submit: Submit) -> None:
    (run,) = submit()
    api.post("/api/v1/fleet/resume")
    claimed = api.start(run)
    key = AttemptKey(claimed.simulation_id, claimed.run_id, claimed.attempt)
    with api.database.transaction() as connection:
        failure = Failure("storage_unavailable", "the store is away")
        fail_attempt(connection, key, failure, RetryPolicy(timedelta(hours=1)))

    reason = why(api, run)["backoff"]

    assert "Attempt 1 of 3 failed: the store is away" in reason["text"]
    with api.database.transaction() as connection:
        not_before = connection.execute(text("SELECT not_before FROM runs")).scalar_one()
    assert reason["until"] == not_before.isoformat().replace("+00:00", "Z")
    assert "waiting" not in why(api, run)


def test_who_cancelled_is_said_for_waiting_and_running_runs(closed: Client, model: bytes, weather: bytes) -> None:
    anna, root = closed.calling_as("anna"), closed.calling_as("root", "admin")
    one, other, third = (
        anna.runs(anna.submit([("a.idf", model)], [("b.epw", weather)]).get_json()["id"])[0] for _ in range(3)
    )
    anna.start(third)
    root.post(f"/api/v1/runs/{one['id']}/cancel")
    anna.post(f"/api/v1/simulations/{other['simulation_id']}/cancel")
    root.post(f"/api/v1/simulations/{third['simulation_id']}/cancel")

    assert why(anna, one)["cancelled"]["text"] == "The run was cancelled by root."
    assert why(anna, other)["cancelled"]["text"] == "Its simulation was cancelled by anna."
    assert list(why(anna, third)) == ["cancel_requested"]
    change(closed, "DELETE FROM audit")
    assert "does not say by whom" in why(anna, one)["cancelled"]["text"]


def test_a_failed_run_says_its_message_and_a_succeeded_one_nothing(api: Client, submit: Submit) -> None:
    failed, succeeded, running = submit(3)
    api.post("/api/v1/fleet/resume")
    api.fail(failed, "Severe: no such schedule")
    api.succeed(succeeded)
    api.start(running)

    assert why(api, failed)["fatal"]["text"] == "Severe: no such schedule"
    assert why(api, succeeded) == {}
    assert "worker-1" in why(api, running)["running"]["text"]
    assert api.get(f"/api/v1/runs/{UUID(int=0)}/why").status_code == 404


def test_the_owners_limit_is_named(api: Client, submit: Submit, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting, running = submit(2)
    api.post("/api/v1/fleet/resume")
    api.start(running)
    known = api.app.extensions[EXTENSION]
    limited = known.settings.model_copy(update={"owner_running_runs": 1})
    monkeypatch.setitem(api.app.extensions, EXTENSION, replace(known, settings=limited))

    assert "as many as one owner may have" in why(api, waiting)["owner_limit"]["text"]
