"""What the API says about results that are known: in dry runs, of runs that are linked, and of runs that wait."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.energyplus.installation import Engine
from shared.state.finished import AttemptKey
from shared.state.fleet import register
from sim_worker.attempt.active import ActiveAttempt
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.phases import Phases
from sim_worker.attempt.reuse import KnownResults, maker
from tests.integration.api.conftest import Client
from tests.integration.reusing import Reusing
from tests.rows import ENGINE, Rows

Json = dict[str, Any]
INSTALLED = Engine(ENGINE, "build", Path("/e/energyplus"), Path("/e"), None)


class LookingUp:
    """Claims runs and looks them up as a worker does, and executes none."""

    def __init__(self, api: Client) -> None:
        self.rows = Rows(api.database)
        with api.database.transaction() as connection:
            facts = {"host": "here", "pid": 1, "version": "0", "engine": ENGINE, "concurrency": 2}
            register(connection, worker_id="worker", maker=maker(INSTALLED), **facts)  # type: ignore[arg-type]
        self._known = KnownResults(api.database, DatabaseRetry(), INSTALLED)

    def claim(self, run: Json) -> AttemptKey | None:
        """The attempt that would be executed; None when there is nothing to execute."""
        claimed = self.rows.claim(UUID(run["id"]))
        assert claimed is not None
        attempt = ActiveAttempt(claimed)
        return None if self._known.settle(attempt, claimed.parameters or {}, Phases()) else attempt.key


@pytest.fixture
def worker(api: Client) -> LookingUp:
    api.post("/api/v1/fleet/pause", json={})
    made = LookingUp(api)
    made.rows.resume()
    return made


def submit(api: Client, model: bytes, weather: bytes, owner: str = "anna", **spec: Any) -> Json:
    answer = api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec, headers={"X-EPSM-Owner": owner})
    (run,) = api.runs(answer.get_json()["id"])
    return dict(run)


def read(api: Client, run: Json, path: str = "") -> Json:
    answer = api.get(f"/api/v1/runs/{run['id']}{path}", headers={"X-EPSM-Owner": "anna"})
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json())


def test_a_dry_run_counts_what_its_owner_has(api: Client, worker: LookingUp, model: bytes, weather: bytes) -> None:
    def known(owner: str = "anna", copies: int = 1, **spec: Any) -> int:
        answer = api.form(
            "/api/v1/simulations?dry_run=true",
            {"models": [(f"{n}.idf", model) for n in range(copies)], "weather": [("d.epw", weather)]},
            {"spec": json.dumps(spec)},
            headers={"X-EPSM-Owner": owner},
        )
        assert answer.status_code == 200, answer.text
        return int(answer.get_json()["known"])

    turn = {"name": "t", "object": "Building", "field": "North Axis", "values": [1.0, 2.0]}
    key = worker.claim(submit(api, model, weather))
    assert key is not None
    assert known() == 0
    worker.rows.finish(key)

    assert known() == 1
    assert known(parameters=[turn], baseline=True) == 1
    assert known(outputs=[]) == 1
    # Identical runs of one submission count each.
    assert known(copies=3) == 3
    assert (known(annual=True), known(reuse=False), known(owner="berta")) == (0, 0, 0)
    with api.database.transaction() as connection:
        other = {"host": "b", "pid": 1, "version": "0", "engine": ENGINE, "concurrency": 2}
        register(connection, worker_id="newer", maker="other", **other)  # type: ignore[arg-type]
    assert known() == 0


def test_a_dry_run_looks_at_as_many_runs_as_a_worker(
    api: Client, worker: LookingUp, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.state.reuse.LOOKED_AT", 1)
    key = worker.claim(submit(api, model, weather))
    assert key is not None
    worker.rows.finish(key)
    assert worker.claim(submit(api, model, weather, reuse=False)) is not None

    answer = api.form(
        "/api/v1/simulations?dry_run=true",
        {"models": [("c.idf", model)], "weather": [("d.epw", weather)]},
        {"spec": "{}"},
        headers={"X-EPSM-Owner": "anna"},
    )

    # The newest one is running.
    assert answer.get_json()["known"] == 0


def test_a_run_that_waits_for_its_twin_and_gets_its_result_says_so(
    api: Client, worker: LookingUp, model: bytes, weather: bytes
) -> None:
    first, second, foreign = (submit(api, model, weather, owner) for owner in ("anna", "anna", "berta"))
    key = worker.claim(first)
    assert key is not None
    assert worker.claim(foreign) is not None

    assert worker.claim(second) is None

    waiting = read(api, second)
    assert (waiting["status"], waiting["held_reason"], waiting["is_reused"]) == ("queued", "twin", False)
    (reason,) = (reason for reason in read(api, second, "/why")["reasons"] if reason["code"] == "twin_running")
    assert reason["text"].startswith(f"Twin running: run {first['id']} is identical.")
    worker.rows.finish(key)
    Reusing(worker.rows).dispatch()
    assert worker.claim(second) is None
    linked = read(api, second)
    assert (linked["status"], linked["reused_from"], linked["is_reused"]) == ("succeeded", first["id"], True)
    assert linked["metrics"] == read(api, first)["metrics"]
    assert read(api, first)["reused_from"] is None


def test_reuse_is_the_default_and_can_be_refused(api: Client, worker: LookingUp, model: bytes, weather: bytes) -> None:
    key = worker.claim(submit(api, model, weather))
    assert key is not None
    worker.rows.finish(key)

    assert worker.claim(submit(api, model, weather, reuse=False)) is not None
    assert worker.claim(submit(api, model, weather)) is None
