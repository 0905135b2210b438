"""The four endpoints that clients of the Celery version call: submit, poll, finish; and submit, cancel."""

from tests.e2e.conftest import CHICAGO, OFFICE, System


def submit(system: System, model: bytes) -> str:
    answer = system.call(
        "POST",
        "/api/simulation/run/",
        files=[("idf_files", ("office.idf", model)), ("weather_file", (CHICAGO.name, CHICAGO.read_bytes()))],
        data={"name": "from an old client"},
    )
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body == {
        "simulation_id": body["task_id"],
        "task_id": body["task_id"],
        "message": "Simulation task queued successfully",
        "file_count": 1,
    }
    return str(body["task_id"])


def test_submit_poll_finish(system: System) -> None:
    task = submit(system, OFFICE.read_bytes())
    states = []

    def finished() -> bool:
        status = system.get(f"/api/simulation/task/{task}/status/")
        states.append(status["state"])
        assert status["ready"] == (status["state"] in ("SUCCESS", "FAILURE", "REVOKED"))
        return bool(status["ready"])

    system.until(finished, "the old task is ready")

    assert set(states) <= {"PENDING", "PROGRESS", "SUCCESS"}
    assert states[-1] == "SUCCESS"
    status = system.get(f"/api/simulation/task/{task}/status/")
    assert status == status | {
        "task_id": task,
        "state": "SUCCESS",
        "status": "completed",
        "progress": 100,
        "current": 100,
        "total": 100,
        "simulation_id": task,
        "ready": True,
        "simulation_status": "completed",
        "simulation_progress": 100,
    }
    assert status["result"]
    short = system.get(f"/api/simulation/{task}/status/")
    assert short == {**short, "status": "completed", "progress": 100, "simulationId": task, "error": None}
    assert short["error_message"] is None


def test_submit_cancel(system: System) -> None:
    task = submit(system, OFFICE.read_bytes())

    answer = system.call("POST", f"/api/simulation/task/{task}/cancel/")

    assert answer.status_code == 200
    assert answer.json() == {"status": "cancelled", "task_id": task, "message": "Task cancellation requested"}
    assert system.get(f"/api/simulation/task/{task}/status/")["state"] == "REVOKED"
    system.ended({"id": task})
    short = system.get(f"/api/simulation/{task}/status/")
    assert (short["status"], short["error"]) == ("failed", "Task cancelled by user")
    assert system.call("POST", f"/api/simulation/task/{task}/cancel/").status_code == 409


def test_errors_have_the_form_of_the_legacy_contract(system: System) -> None:
    unknown = "00000000-0000-0000-0000-000000000000"
    assert system.call("GET", f"/api/simulation/task/{unknown}/status/").status_code == 404
    answer = system.call("GET", f"/api/simulation/{unknown}/status/")
    assert (answer.status_code, answer.json()) == (404, {"error": "Simulation not found"})
    answer = system.call("POST", "/api/simulation/run/", files={"idf_files": ("a.idf", OFFICE.read_bytes())})
    assert (answer.status_code, answer.json()) == (400, {"error": "Missing required files"})
