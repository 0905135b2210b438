"""Faulty workers take no runs until they are repaired; pausing the fleet; draining workers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.local.processes import Process
from deploy.local.stack import ROOT
from tests.e2e.conftest import ANNUAL, SIZING, System, make_engine


@pytest.fixture(autouse=True)
def _nothing_stays_paused(system: System) -> Iterator[None]:
    yield
    system.call("POST", "/api/v1/fleet/resume")


def worker(system: System) -> dict[str, Any]:
    """The newest worker, which is the stack's own."""
    return dict(system.get("/api/v1/workers")["items"][0])


def health(system: System) -> tuple[int, str]:
    """The response of the worker's /healthz."""
    answer = requests.get(f"http://127.0.0.1:{system.stack.state.ports['worker']}/healthz", timeout=30)
    return answer.status_code, answer.json().get("detail", "")


def waiting_until(system: System, status: str) -> dict[str, Any]:
    """Waits until the worker reports this status, and returns it."""
    system.until(lambda: worker(system)["status"] == status, f"the worker is {status}")
    return worker(system)


@contextmanager
def broken_engine(system: System) -> Iterator[None]:
    """An engine installation without one of its libraries."""
    program = system.journal.path.parent / "engine" / "energyplus"
    whole = program.read_text()
    program.write_text("#!/bin/sh\necho cannot open shared object file\nexit 127\n")
    try:
        yield
    finally:
        program.write_text(whole)


@contextmanager
def broken_scratch(system: System) -> Iterator[None]:
    """A file in place of the scratch directory, which stops even root."""
    scratch = system.stack.directory / "scratch"
    aside = scratch.with_name("scratch-aside")
    scratch.rename(aside)
    scratch.write_text("")
    try:
        yield
    finally:
        scratch.unlink()
        aside.rename(scratch)


@contextmanager
def broken_store(system: System) -> Iterator[None]:
    """A store whose directory is missing."""
    storage = system.stack.directory / "storage"
    aside = storage.with_name("storage-aside")
    storage.rename(aside)
    try:
        yield
    finally:
        aside.rename(storage)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param(broken_engine, "does not start", id="engine"),
        pytest.param(broken_scratch, "Scratch directory", id="scratch"),
        pytest.param(broken_store, "Storage", id="store"),
    ],
)
def test_a_worker_that_breaks_leaves_the_backlog_alone_and_continues_after_the_repair(
    system: System, broken: Any, said: str
) -> None:
    system.call("POST", "/api/v1/fleet/pause")
    simulation = system.submit({**SIZING, "max_attempts": 3}, copies=12)
    with broken(system):
        system.call("POST", "/api/v1/fleet/resume")

        unfit = waiting_until(system, "unfit")

        assert said in unfit["reason"]
        status, detail = health(system)
        assert status == 503
        assert said in detail
        touched = [run for run in system.runs(simulation) if run["attempt"] > 0]
        assert 1 <= len(touched) <= unfit["concurrency"]
        assert all(run["attempt"] == 1 for run in touched)
        system.until(lambda: system.get("/api/v1/queues")["items"][0]["waiting"] != 0, "messages wait for others")

    assert system.ended(simulation)["counts"]["succeeded"] == 12
    waiting_until(system, "ready")
    assert health(system)[0] == 200
    assert max(run["attempt"] for run in system.runs(simulation)) <= 2


def test_a_worker_that_starts_broken_is_listed_as_unfit_and_begins_after_the_repair(system: System) -> None:
    system.stack.worker.stop()
    with broken_engine(system):
        command = [sys.executable, "-m", "sim_worker"]
        system.stack.worker.start(command, system.stack.environment(), ROOT)
        simulation = system.submit(SIZING)

        unfit = waiting_until(system, "unfit")

        assert "does not start" in unfit["reason"]
        assert health(system)[0] == 503
        assert system.runs(simulation)[0]["attempt"] == 0

    assert system.ended(simulation)["status"] == "succeeded"
    assert system.runs(simulation)[0]["attempt"] == 1
    assert waiting_until(system, "ready")["id"] == unfit["id"]


def test_a_model_that_crashes_the_engine_is_still_the_models_fault(system: System) -> None:
    program = system.journal.path.parent / "engine" / "energyplus"
    whole = program.read_text()
    program.write_text(whole.replace("exec ", 'test "$1" = --version || kill -SEGV $$\nexec '))
    try:
        failed = system.ended(system.submit(SIZING))
    finally:
        program.write_text(whole)

    assert failed["status"] == "failed"
    run = system.runs(failed)[0]
    assert (run["verdict"], run["attempt"]) == ("crashed", 1)
    assert worker(system)["status"] == "ready"


def test_a_paused_fleet_takes_submissions_and_starts_nothing_until_it_is_resumed(system: System) -> None:
    going_on = system.submit(ANNUAL)
    system.running(going_on)
    assert system.call("POST", "/api/v1/fleet/pause", json={"reason": "the store moves"}).status_code == 200

    simulation = system.submit(SIZING, copies=3)

    assert system.ended(going_on)["status"] == "succeeded"
    # The pause must survive a restart of every service.
    for process, start in (
        (system.stack.scheduler, system.stack.start_scheduler),
        (system.stack.worker, system.stack.start_worker),
    ):
        process.stop()
        start()
    assert [run["attempt"] for run in system.runs(simulation)] == [0, 0, 0]
    queue = system.get("/api/v1/queues")["items"][0]
    assert (queue["paused"], queue["reason"], queue["published"]) == (True, "the store moves", 0)

    assert system.call("POST", "/api/v1/fleet/resume").status_code == 200

    assert system.ended(simulation)["counts"]["succeeded"] == 3
    assert [run["attempt"] for run in system.runs(simulation)] == [1, 1, 1]


def test_a_drained_worker_ends_its_runs_takes_no_more_and_can_be_taken_back(system: System) -> None:
    going_on = system.submit(ANNUAL)
    system.running(going_on)
    mine = worker(system)["id"]
    assert system.call("POST", f"/api/v1/workers/{mine}/drain").json()["status"] == "draining"
    system.until(lambda: worker(system)["drain_requested_at"] is not None, "the wish is written down")
    last_beat = worker(system)["beat_at"]
    system.until(lambda: worker(system)["beat_at"] > last_beat, "the worker has received the drain request")

    simulation = system.submit(SIZING, copies=3)

    assert system.ended(going_on)["status"] == "succeeded"
    waiting_until(system, "drained")
    assert health(system)[0] == 200
    assert [run["attempt"] for run in system.runs(simulation)] == [0, 0, 0]
    assert system.runs(going_on)[0]["attempt"] == 1

    assert system.call("POST", f"/api/v1/workers/{mine}/resume").status_code == 200

    assert system.ended(simulation)["counts"]["succeeded"] == 3
    assert worker(system)["id"] == mine


def test_a_run_that_kills_every_worker_ends_with_a_reason(system: System, tmp_path: Path) -> None:
    system.stack.worker.stop()
    journal = make_engine(tmp_path / "engine")
    target = tmp_path / "target"
    program = tmp_path / "engine" / "energyplus"
    program.write_text(program.read_text().replace("then echo", f'then kill -KILL "$(cat {target})"; echo'))
    environment = {**system.stack.environment(), **journal.settings, "EPSM_SANDBOX": "off", "EPSM_WORKER_PORT": "0"}
    poison = system.submit({**SIZING, "max_attempts": 2})
    victim = Process("victim", tmp_path)

    while system.simulation(poison)["ended_at"] is None:
        victim.start([sys.executable, "-m", "sim_worker"], environment, ROOT)
        target.write_text(str(victim.pid))
        system.until(
            lambda: victim.pid is None or system.simulation(poison)["ended_at"] is not None,
            "the worker dies or may rest",
        )
    victim.stop()

    run = system.runs(poison)[0]
    assert (run["status"], run["attempt"], run["error"]["code"]) == ("failed", 2, "worker_lost")
    assert "attempt 2 of 2, the last one). It may be the run that ends its workers" in run["error"]["message"]
