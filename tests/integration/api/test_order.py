"""What a submission says about when its runs stop and start: `stop_after_failures` and `depends_on`."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from scheduler_service.breakers import CircuitBreakers
from scheduler_service.dependants import Dependants
from tests.integration.api.conftest import Client
from tests.integration.api.faults import faults

Json = dict[str, Any]
Submit = Callable[..., Any]
TURN = {"name": "t", "object": "Building", "field": "North Axis", "values": [0, 1, 2, 3]}


def send(client: Client, model: bytes, weather: bytes, path: str = "", headers: Json | None = None, **spec: Any) -> Any:
    """Submits four variants, and returns the answer."""
    files = {"models": [("a.idf", model)], "weather": [("b.epw", weather)]}
    texts = {"spec": json.dumps({"parameters": [TURN], **spec})}
    return client.form(f"/api/v1/simulations{path}", files, texts, headers=headers or {})


@pytest.fixture
def submit(api: Client, model: bytes, weather: bytes) -> Submit:
    return partial(send, api, model, weather)


def reasons(api: Client, run: Json) -> Json:
    said = api.get(f"/api/v1/runs/{run['id']}/why").get_json()["reasons"]
    return {reason["code"]: reason["text"] for reason in said}


def shown(api: Client, simulation: Json) -> Json:
    return dict(api.get(f"/api/v1/simulations/{simulation['id']}").get_json())


def test_users_see_why_the_rest_is_held_and_let_it_go_on(api: Client, submit: Submit) -> None:
    api.post("/api/v1/fleet/pause")
    simulation = submit(stop_after_failures={"count": 2}).get_json()
    assert simulation["circuit_breaker"] is None
    assert simulation["spec"]["stop_after_failures"] == {"count": 2, "same_cause": True}
    runs = api.runs(simulation["id"])
    api.post("/api/v1/fleet/resume")
    for number, run in enumerate(runs[:2]):
        api.fail(run, f"Severe: Zone=ZONE {number} has no surfaces")

    breaker = shown(api, simulation)["circuit_breaker"]
    assert (breaker["failures"], breaker["same_cause"], breaker["code"]) == (2, True, "fatal")
    assert (breaker["message"], breaker["run_id"]) == ("Severe: Zone=ZONE 1 has no surfaces", runs[1]["id"])
    # Before the scheduler has held the runs, and after it.
    for reason in (None, "canary"):
        assert {run["held_reason"] for run in api.runs(simulation["id"])[2:]} == {reason}
        said = reasons(api, runs[2])
        assert list(said) == ["breaker_open"]
        assert said["breaker_open"].startswith(
            "2 runs of its simulation failed for the same cause: Severe: Zone=ZONE 1"
        )
        CircuitBreakers(api.database).run()
    assert shown(api, simulation)["status"] == "running"
    assert shown(api, simulation)["ended_at"] is None
    assert api.call("DELETE", f"/api/v1/simulations/{simulation['id']}").status_code == 409

    released = api.call("PATCH", f"/api/v1/simulations/{simulation['id']}", json={"hold": False}).get_json()

    assert released["circuit_breaker"] is None
    assert {run["held_reason"] for run in api.runs(simulation["id"])} == {None}
    assert "breaker_open" not in reasons(api, runs[2])


def test_a_simulation_that_has_ended_says_no_more_that_its_rest_is_held(api: Client, submit: Submit) -> None:
    simulation = submit(stop_after_failures={"count": 1, "same_cause": False}).get_json()
    first, second, *_ = api.runs(simulation["id"])
    api.fail(first)
    assert shown(api, simulation)["circuit_breaker"]["failures"] == 1
    assert reasons(api, second)["breaker_open"].startswith("1 run of its simulation failed:")

    api.post(f"/api/v1/simulations/{simulation['id']}/cancel")

    assert shown(api, simulation)["ended_at"] is not None
    assert shown(api, simulation)["circuit_breaker"] is None


@pytest.mark.parametrize(
    ("spec", "field", "said"),
    [
        ({"stop_after_failures": {}}, "stop_after_failures.count", "Missing"),
        ({"stop_after_failures": {"count": 0}}, "stop_after_failures.count", "must be from 1 to"),
        ({"stop_after_failures": {"count": 2.5}}, "stop_after_failures.count", ""),
        ({"stop_after_failures": {"count": 1, "same_cause": "yes"}}, "stop_after_failures.same_cause", ""),
        ({"stop_after_failures": {"count": 1, "cause": "x"}}, "stop_after_failures.cause", "Unknown"),
        ({"depends_on": {}}, "depends_on.simulation", "Missing"),
        ({"depends_on": {"simulation": "7"}}, "depends_on.simulation", "UUID"),
        ({"depends_on": {"simulation": str(uuid4()), "when": "later"}}, "depends_on.when", "must be success or end"),
        ({"depends_on": {"simulation": str(uuid4())}}, "depends_on.simulation", "there is no simulation"),
    ],
)
@pytest.mark.parametrize("path", ["", "?dry_run=true"], ids=["submission", "dry run"])
def test_errors_name_the_field(api: Client, submit: Submit, spec: Json, field: str, said: str, path: str) -> None:
    answer = submit(path=path, **spec)

    assert answer.status_code == 422
    assert said in faults(answer)[f"spec.{field}"]
    assert api.count_rows()["simulations"] == 0


def test_runs_wait_for_the_other_simulation_and_are_cancelled_when_it_fails(api: Client, submit: Submit) -> None:
    first = submit().get_json()
    second = submit(depends_on={"simulation": first["id"]}).get_json()
    third = submit(depends_on={"simulation": first["id"], "when": "end"}).get_json()
    assert (second["waits_for"], second["spec"]["depends_on"]["when"]) == (first["id"], "success")
    for simulation, how in ((second, "succeed"), (third, "end")):
        run = api.runs(simulation["id"])[0]
        assert (run["status"], run["held_reason"]) == ("queued", "dependency")
        assert reasons(api, run)["dependency"] == f"It waits for simulation {first['id']} to {how}."

    for run in api.runs(first["id"]):
        api.fail(run)
    Dependants(api.database).run()

    said = f"Simulation {first['id']}, which had to succeed first, has ended with 0 of its 4 runs succeeded"
    assert (shown(api, second)["status"], shown(api, second)["dependency_error"]) == ("cancelled", said)
    run = api.runs(second["id"])[0]
    assert run["error"] == {"code": "dependency_failed", "message": said}
    assert reasons(api, run) == {"dependency_failed": f"{said}."}
    assert (shown(api, third)["status"], shown(api, third)["waits_for"]) == ("queued", None)
    assert {run["held_reason"] for run in api.runs(third["id"])} == {None}


def test_what_has_ended_already_is_not_waited_for(api: Client, submit: Submit) -> None:
    good, bad = submit().get_json(), submit().get_json()
    for run in api.runs(good["id"]):
        api.succeed(run)
    for run in api.runs(bad["id"]):
        api.fail(run)

    for first, when in ((good, "success"), (good, "end"), (bad, "end")):
        answer = submit(depends_on={"simulation": first["id"], "when": when})
        assert answer.status_code == 201, answer.text
        assert answer.get_json()["waits_for"] is None
        assert {run["held_reason"] for run in api.runs(answer.get_json()["id"])} == {None}
    refused = submit(depends_on={"simulation": bad["id"]})
    assert "has ended with 0 of its 4 runs succeeded" in faults(refused)["spec.depends_on.when"]


def test_a_deleted_simulation_is_unknown_and_a_repeated_submission_still_gets_its_own(
    api: Client, submit: Submit
) -> None:
    first = submit().get_json()
    asked = {"headers": {"Idempotency-Key": "one"}, "depends_on": {"simulation": first["id"], "when": "end"}}
    second = submit(**asked)
    api.post(f"/api/v1/simulations/{first['id']}/cancel")
    assert api.call("DELETE", f"/api/v1/simulations/{first['id']}").status_code == 204

    again = submit(**asked)
    assert (again.status_code, again.get_json()["id"]) == (201, second.get_json()["id"])
    refused = submit(depends_on=asked["depends_on"])
    assert faults(refused) == {"spec.depends_on.simulation": f"there is no simulation {first['id']}"}
    # It ended before it was deleted.
    Dependants(api.database).run()
    assert shown(api, second.get_json())["waits_for"] is None
    other = submit(**{**asked, "depends_on": {"simulation": second.get_json()["id"]}})
    assert "Idempotency-Key" in faults(other)


def test_a_simulation_of_another_owner_is_unknown(closed: Client, model: bytes, weather: bytes) -> None:
    anna, bert = closed.calling_as("anna"), closed.calling_as("bert")
    first = send(anna, model, weather).get_json()

    refused = send(bert, model, weather, depends_on={"simulation": first["id"]})

    # As in the test of errors for one that never existed.
    assert faults(refused) == {"spec.depends_on.simulation": f"there is no simulation {first['id']}"}
    assert send(anna, model, weather, depends_on={"simulation": first["id"]}).status_code == 201


def test_json_names_the_field_without_a_prefix(api: Client) -> None:
    body = {"models": [], "weather": [], "depends_on": {"simulation": "no"}}

    assert "depends_on.simulation" in faults(api.post("/api/v1/simulations", json=body))
