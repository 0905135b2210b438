"""The four endpoints of the legacy contract: the exact response in every state."""

from typing import Any
from uuid import UUID

import pytest

from shared.state.cancel import cancel_simulation
from tests.integration.api.conftest import Client

UNKNOWN = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def task(api: Client, model: bytes, weather: bytes) -> str:
    """A simulation of ten models."""
    models = [(f"{number}.idf", model + f"\n! {number}".encode()) for number in range(10)]
    answer = api.form("/api/simulation/run/", {"idf_files": models, "weather_file": [("b.epw", weather)]})
    assert answer.status_code == 200
    assert answer.get_json() == {
        "simulation_id": answer.get_json()["task_id"],
        "task_id": answer.get_json()["task_id"],
        "message": "Simulation task queued successfully",
        "file_count": 10,
    }
    return str(answer.get_json()["task_id"])


def status(api: Client, task: str) -> dict[str, Any]:
    answer = api.get(f"/api/simulation/task/{task}/status/")
    assert answer.status_code == 200
    return dict(answer.get_json())


def short_status(api: Client, task: str) -> dict[str, Any]:
    return dict(api.get(f"/api/simulation/{task}/status/").get_json())


def test_nothing_started_is_pending(api: Client, task: str) -> None:
    said = status(api, task)

    assert (said["state"], said["status"], said["progress"], said["ready"]) == ("PENDING", "pending", 0, False)
    assert said["simulation_status"] == "pending"
    assert said["simulation_progress"] == 0
    assert said["task_id"] == said["simulation_id"] == task
    expected = {"status": "pending", "progress": 0, "simulationId": task, "error": None, "error_message": None}
    assert short_status(api, task) == expected


def test_a_run_that_has_started_is_progress_with_a_message(api: Client, task: str) -> None:
    runs = api.runs(task)
    api.succeed(runs[0])
    api.succeed(runs[1])
    api.start(runs[2])

    said = status(api, task)

    assert (said["state"], said["status"], said["ready"]) == ("PROGRESS", "running", False)
    assert (said["progress"], said["current"], said["total"]) == (20, 20, 100)
    assert said["message"] == "Processing simulation 3 of 10..."
    assert short_status(api, task)["status"] == "running"


def test_success_needs_all_runs_to_have_ended(api: Client, task: str) -> None:
    runs = api.runs(task)
    for run in runs[:9]:
        api.succeed(run)
    assert status(api, task)["state"] == "PROGRESS"

    api.fail(runs[9])

    said = status(api, task)
    assert (said["state"], said["status"], said["progress"], said["ready"]) == ("SUCCESS", "completed", 100, True)
    assert said["result"]
    assert short_status(api, task)["status"] == "completed"


def test_every_run_failing_is_failure_with_a_reason(api: Client, task: str) -> None:
    for run in api.runs(task):
        api.fail(run, "Severe: no such schedule")

    said = status(api, task)

    assert (said["state"], said["status"], said["ready"]) == ("FAILURE", "failed", True)
    assert "no such schedule" in said["error"]
    short = short_status(api, task)
    assert short["status"] == "failed"
    assert "no such schedule" in short["error"]
    assert "no such schedule" in short["error_message"]


def test_an_accepted_cancellation_is_revoked_while_runs_are_still_alive(api: Client, task: str) -> None:
    api.start(api.runs(task)[0])

    answer = api.post(f"/api/simulation/task/{task}/cancel/")

    assert answer.status_code == 200
    assert answer.get_json() == {"status": "cancelled", "task_id": task, "message": "Task cancellation requested"}
    said = status(api, task)
    assert (said["state"], said["status"]) == ("REVOKED", "cancelled")
    error = "Task cancelled by user"
    expected = {"status": "failed", "progress": 90, "simulationId": task, "error": error, "error_message": error}
    assert short_status(api, task) == expected


def test_cancelling_what_has_ended_changes_nothing_and_says_so(api: Client, task: str) -> None:
    for run in api.runs(task):
        api.succeed(run)

    answer = api.post(f"/api/simulation/task/{task}/cancel/")

    assert answer.status_code == 409
    assert set(answer.get_json()) >= {"error"}
    assert status(api, task)["state"] == "SUCCESS"


@pytest.mark.parametrize("name", [UNKNOWN, "nonsense"])
def test_an_unknown_task_is_not_found(api: Client, name: str) -> None:
    assert api.get(f"/api/simulation/task/{name}/status/").status_code == 404
    assert "error" in api.get(f"/api/simulation/task/{name}/status/").get_json()
    answer = api.get(f"/api/simulation/{name}/status/")
    assert (answer.status_code, answer.get_json()) == (404, {"error": "Simulation not found"})
    assert api.post(f"/api/simulation/task/{name}/cancel/").status_code == 404


def test_progress_does_not_stay_at_zero_with_many_runs(api: Client, model: bytes, weather: bytes) -> None:
    copies = {"name": "copy", "object": "Building", "field": "North Axis", "values": [0.0] * 100}
    simulation = api.submit([("a.idf", model)], [("b.epw", weather)], spec={"parameters": [copies]}).get_json()
    for run in api.runs(simulation["id"])[:7]:
        api.succeed(run)

    assert status(api, simulation["id"])["progress"] == 7
    assert api.get(f"/api/v1/simulations/{simulation['id']}").get_json()["progress"] == 7


def test_the_brackets_of_some_clients_and_a_missing_slash_are_taken(api: Client, model: bytes, weather: bytes) -> None:
    fields = {"idf_files[]": [("a.idf", model)], "weather_file": [("b.epw", weather)]}

    answer = api.form("/api/simulation/run", fields, {"priority": "high", "name": "mine", "description": "for me"})

    assert answer.status_code == 200
    simulation = api.get(f"/api/v1/simulations/{answer.get_json()['task_id']}").get_json()
    assert (simulation["name"], simulation["description"], simulation["priority"]) == ("mine", "for me", "high")


def test_a_cancelled_simulation_without_any_result_is_revoked(api: Client, task: str) -> None:
    with api.database.transaction() as connection:
        cancel_simulation(connection, UUID(task))

    said = status(api, task)

    assert (said["state"], said["ready"]) == ("REVOKED", True)
