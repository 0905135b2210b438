"""Whether a worker takes runs, and in which words it says so."""

import threading
import time

import pytest

from shared.enums import WorkerStatus
from sim_worker.service.fitness import Fitness
from sim_worker.service.readiness import HANGING_SECONDS, Duty

PATIENCE_SECONDS = 60


def fit() -> Duty:
    duty = Duty()
    duty.judge(None)
    return duty


def until(condition: threading.Event) -> None:
    assert condition.wait(PATIENCE_SECONDS)


def test_nothing_is_taken_before_the_first_self_test() -> None:
    duty = Duty()

    assert not duty.takes_runs
    assert duty.condition(0).status is WorkerStatus.UNFIT
    assert "self-test" in (duty.fault or "")


def test_a_fit_worker_takes_runs_until_there_is_doubt() -> None:
    duty = fit()
    before = duty.takes_runs

    duty.doubt()

    assert (before, duty.takes_runs) == (True, False)
    # A test takes half a second; until it has ended nobody need know.
    assert duty.condition(2).status is WorkerStatus.READY


def test_an_unfit_worker_says_why() -> None:
    duty = fit()

    duty.judge("Storage: it is away")

    assert not duty.takes_runs
    assert duty.condition(0).status is WorkerStatus.UNFIT
    assert duty.condition(0).reason == "Storage: it is away"


def test_a_self_test_that_hangs_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    duty = fit()
    duty.doubt()
    later = time.monotonic() + HANGING_SECONDS + 30
    monkeypatch.setattr("sim_worker.service.readiness.time.monotonic", lambda: later)

    assert "has not ended" in (duty.fault or "")
    assert duty.condition(0).status is WorkerStatus.UNFIT


def test_a_worker_that_is_asked_to_drain_is_drained_when_it_has_no_runs_left() -> None:
    duty = fit()
    duty.drain_requested = True
    assert not duty.takes_runs
    assert duty.condition(1).status is WorkerStatus.DRAINING
    assert duty.condition(0).status is WorkerStatus.DRAINED

    duty.drain_requested = False

    assert duty.takes_runs


def test_a_leaving_worker_is_draining_to_the_end_and_takes_nothing() -> None:
    duty = fit()
    duty.drain_requested = True

    duty.leaving = True

    assert not duty.takes_runs
    assert duty.condition(0).status is WorkerStatus.DRAINING


def test_a_worker_tests_itself_until_it_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim_worker.service.fitness.FIRST_WAIT_SECONDS", 0.01)
    found: list[str | None] = ["broken", "broken", None]
    well = threading.Event()
    duty = Duty()

    def test() -> str | None:
        fault = found.pop(0)
        if fault is None:
            well.set()
        return fault

    fitness = Fitness(test, duty)
    fitness.start()

    assert fitness.await_verdict(PATIENCE_SECONDS)
    until(well)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not duty.takes_runs:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert found == []
    fitness.stop()


def test_a_doubt_during_a_test_is_not_settled_by_that_test() -> None:
    testing, go_on = threading.Event(), threading.Semaphore(0)
    begun: list[int] = []
    duty = Duty()

    def test() -> str | None:
        begun.append(1)
        testing.set()
        assert go_on.acquire(timeout=PATIENCE_SECONDS)
        return None

    fitness = Fitness(test, duty)
    fitness.start()
    until(testing)
    testing.clear()

    fitness.doubt()
    go_on.release()

    until(testing)
    assert len(begun) == 2
    assert not duty.takes_runs
    fitness.stop()
    go_on.release()
