"""Workers that find themselves broken take no runs until they are well; the fleet stands still when it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from tests.e2e.conftest import SIZING, System


def worker(system: System) -> dict[str, Any]:
    """The stack's own worker, the newest."""
    return dict(system.get("/api/v1/workers")["items"][0])


def health(system: System) -> tuple[int, str]:
    """What the worker's /healthz says."""
    answer = requests.get(f"http://127.0.0.1:{system.stack.state.ports['worker']}/healthz", timeout=30)
    return answer.status_code, answer.json().get("detail", "")


def waiting_until(system: System, status: str) -> dict[str, Any]:
    """The worker, once it says so."""
    system.until(lambda: worker(system)["status"] == status, f"the worker is {status}")
    return worker(system)


@contextmanager
def broken_engine(system: System) -> Iterator[None]:
    """An installation that has lost its library, as it were."""
    program = system.journal.path.parent / "engine" / "energyplus"
    whole = program.read_text()
    program.write_text("#!/bin/sh\necho cannot open shared object file\nexit 127\n")
    yield
    program.write_text(whole)


@contextmanager
def broken_scratch(system: System) -> Iterator[None]:
    """A file where the directory was, which stops even root."""
    scratch = system.stack.directory / "scratch"
    aside = scratch.with_name("scratch-aside")
    scratch.rename(aside)
    scratch.write_text("")
    yield
    scratch.unlink()
    aside.rename(scratch)


@contextmanager
def broken_store(system: System) -> Iterator[None]:
    """A store whose directory is gone."""
    storage = system.stack.directory / "storage"
    aside = storage.with_name("storage-aside")
    storage.rename(aside)
    yield
    aside.rename(storage)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        pytest.param(broken_engine, "does not start", id="engine"),
        pytest.param(broken_scratch, "Scratch directory", id="scratch"),
        pytest.param(broken_store, "Storage", id="store"),
    ],
)
def test_a_worker_that_breaks_leaves_the_backlog_alone_and_goes_on_when_it_is_mended(
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
