"""Supervision, with shell scripts as engines: limits, requests to stop, and the conditions of success."""

import signal
import threading
import time
from pathlib import Path

import pytest

from shared.energyplus.verdict import Verdict
from sim_worker.engine import watch
from sim_worker.engine.progress import Progress
from sim_worker.engine.watch import Stop, StopSignal
from tests.unit.supervision import LIMITS, SUCCEED, Run

TERMINATED = "EnergyPlus Terminated--Fatal Error Detected. 0 Warning; 1 Severe Errors; Elapsed Time=00hr 00min  0.01sec"


def test_an_engine_that_completes_is_a_success_and_gets_its_arguments(run: Run, tmp_path: Path) -> None:
    execution = run(f'{SUCCEED}; echo "$@" > arguments; pwd >> arguments')

    assert (execution.verdict, execution.stopped) == (Verdict.SUCCESS, None)
    work = tmp_path / "work"
    assert (work / "arguments").read_text().splitlines() == [
        f"-w {tmp_path / 'weather.epw'} -d {work} {work / 'in.idf'}",
        str(work),
    ]


def test_an_engine_that_does_nothing_is_no_success(run: Run) -> None:
    execution = run("exit 0")

    assert execution.verdict is Verdict.CRASHED
    assert str(execution.exit) == "exit code 0, without saying that it completed"


def test_an_engine_that_only_fails_has_crashed(run: Run) -> None:
    assert run("exit 1").verdict is Verdict.CRASHED


def test_a_fatal_error_is_the_models(run: Run) -> None:
    execution = run(f"echo '   ************* {TERMINATED}' > eplusout.err; exit 1")

    assert execution.verdict is Verdict.FATAL
    assert not execution.killed_from_outside


def test_an_engine_that_ran_out_of_memory_says_so(run: Run) -> None:
    execution = run("echo \"terminate called after throwing an instance of 'std::bad_alloc'\"; kill -ABRT $$")

    assert execution.verdict is Verdict.CRASHED
    assert str(execution.exit) == "signal 6, out of memory"


@pytest.mark.parametrize("script", ["kill -KILL $$", "sh -c 'kill -KILL $$'"])
def test_an_engine_killed_from_outside_has_not_crashed(run: Run, script: str) -> None:
    assert run(script).killed_from_outside


@pytest.mark.usefixtures("clock")
def test_the_soft_limit_asks(run: Run) -> None:
    execution = run("echo > started; exec sleep 1000", LIMITS)

    assert execution.verdict is Verdict.TIMED_OUT
    assert execution.exit.signal == signal.SIGTERM


@pytest.mark.usefixtures("clock")
def test_the_hard_limit_kills_an_engine_that_ignores_signals(run: Run) -> None:
    execution = run("trap 'echo > asked' TERM; echo > started; while :; do sleep 0.1; done", LIMITS)

    assert execution.verdict is Verdict.TIMED_OUT
    assert execution.exit.signal == signal.SIGKILL
    assert not execution.killed_from_outside


@pytest.mark.usefixtures("clock")
def test_a_run_that_completes_after_being_asked_to_end_is_a_success(run: Run) -> None:
    execution = run(f'trap "{SUCCEED}; exit 0" TERM; echo > started; while :; do sleep 0.1; done', LIMITS)

    assert execution.verdict is Verdict.SUCCESS


@pytest.mark.parametrize("reason", list(Stop))
def test_a_request_kills_at_once_and_not_at_the_next_poll(
    run: Run, reason: Stop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # With an interval of a thousand seconds, only a wake-up can end this test in time.
    monkeypatch.setattr(watch, "POLL_SECONDS", 1000.0)
    stop = StopSignal()

    def request() -> None:
        while not (tmp_path / "work" / "started").exists():
            time.sleep(0.01)
        stop.request(reason)

    thread = threading.Thread(target=request)
    thread.start()
    execution = run("trap '' TERM; echo > started; while :; do sleep 0.1; done", stop=stop)
    thread.join()

    assert (execution.verdict, execution.stopped) == (None, reason)
    assert execution.exit.signal == signal.SIGKILL


def test_an_end_is_noticed_at_once_and_not_at_the_next_poll(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "POLL_SECONDS", 1000.0)

    assert run(SUCCEED).verdict is Verdict.SUCCESS


def test_a_request_before_the_start_stops_the_run(run: Run) -> None:
    stop = StopSignal()
    stop.request(Stop.CANCELLED)
    stop.request(Stop.DRAINED)

    assert run("exec sleep 1000", stop=stop).stopped is Stop.CANCELLED


def test_progress_is_reported_during_the_run(run: Run) -> None:
    seen: list[Progress] = []
    script = "echo 'Starting Simulation at 07/02 for YEAR'; exec sleep 1000"

    def look(progress: Progress) -> None:
        seen.append(progress)
        if progress.text.startswith("Simulating"):
            stop.request(Stop.CANCELLED)

    stop = StopSignal()
    execution = run(script, stop=stop, on_progress=look)

    assert execution.stopped is Stop.CANCELLED
    assert seen[-1].text.removesuffix(" (estimated)") == "Simulating YEAR, 07-02"


@pytest.mark.parametrize(
    ("script", "silent"), [("echo EnergyPlus, Version 25.2.0; kill -SEGV $$", False), ("exit 127", True)]
)
def test_an_engine_that_has_not_said_its_name_is_silent(run: Run, script: str, silent: bool) -> None:
    assert run(script).silent is silent
