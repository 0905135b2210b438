"""Whether a worker takes runs, and the reason that it reports otherwise."""

import threading
import time

import pytest

from shared.enums import WorkerStatus
from sim_worker.service.readiness import HANGING_SECONDS, Readiness
from sim_worker.service.self_test_loop import SelfTestLoop

PATIENCE_SECONDS = 60


def fit() -> Readiness:
    readiness = Readiness()
    readiness.record_self_test(None)
    return readiness


def until(condition: threading.Event) -> None:
    assert condition.wait(PATIENCE_SECONDS)


def test_nothing_is_taken_before_the_first_self_test() -> None:
    readiness = Readiness()

    assert not readiness.takes_runs
    assert readiness.condition(0).status is WorkerStatus.UNFIT
    assert "self-test" in (readiness.fault or "")


def test_a_fit_worker_takes_runs_until_a_self_test_is_required() -> None:
    readiness = fit()
    before = readiness.takes_runs

    readiness.require_self_test()

    assert (before, readiness.takes_runs) == (True, False)
    # A self-test takes half a second; until then the reported status does not change.
    assert readiness.condition(2).status is WorkerStatus.READY


def test_an_unfit_worker_says_why() -> None:
    readiness = fit()

    readiness.record_self_test("Storage: it is away")

    assert not readiness.takes_runs
    assert readiness.condition(0).status is WorkerStatus.UNFIT
    assert readiness.condition(0).reason == "Storage: it is away"


def test_users_read_a_fault_without_what_they_should_not_read() -> None:
    readiness = Readiness(lambda text: text.replace("/secret", "the scratch directory"))

    readiness.record_self_test("/secret is full")

    assert readiness.condition(0).reason == "the scratch directory is full"


def test_a_self_test_that_hangs_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    readiness = fit()
    readiness.require_self_test()
    later = time.monotonic() + HANGING_SECONDS + 30
    monkeypatch.setattr("sim_worker.service.readiness.time.monotonic", lambda: later)

    assert "has not ended" in (readiness.fault or "")
    assert readiness.condition(0).status is WorkerStatus.UNFIT


def test_a_worker_that_is_asked_to_drain_is_drained_when_it_has_no_runs_left() -> None:
    readiness = fit()
    readiness.drain_requested = True
    assert not readiness.takes_runs
    assert readiness.condition(1).status is WorkerStatus.DRAINING
    assert readiness.condition(0).status is WorkerStatus.DRAINED

    readiness.drain_requested = False

    assert readiness.takes_runs


def test_a_stopping_worker_is_draining_to_the_end_and_takes_nothing() -> None:
    readiness = fit()
    readiness.drain_requested = True

    readiness.leaving = True

    assert not readiness.takes_runs
    assert readiness.condition(0).status is WorkerStatus.DRAINING


def test_a_worker_repeats_the_self_test_until_it_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim_worker.service.self_test_loop.FIRST_WAIT_SECONDS", 0.01)
    found: list[str | None] = ["broken", "broken", None]
    well = threading.Event()
    readiness = Readiness()

    def test() -> str | None:
        fault = found.pop(0)
        if fault is None:
            well.set()
        return fault

    self_tests = SelfTestLoop(test, readiness)
    self_tests.start()

    assert self_tests.wait_for_first_result(PATIENCE_SECONDS)
    until(well)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not readiness.takes_runs:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert found == []
    self_tests.stop()


def test_a_self_test_required_during_a_test_is_not_satisfied_by_that_test() -> None:
    testing, go_on = threading.Event(), threading.Semaphore(0)
    begun: list[int] = []
    readiness = Readiness()

    def test() -> str | None:
        begun.append(1)
        testing.set()
        assert go_on.acquire(timeout=PATIENCE_SECONDS)
        return None

    self_tests = SelfTestLoop(test, readiness)
    self_tests.start()
    until(testing)
    testing.clear()

    self_tests.require_self_test()
    go_on.release()

    until(testing)
    assert len(begun) == 2
    assert not readiness.takes_runs
    self_tests.stop()
    go_on.release()
