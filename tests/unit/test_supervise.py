"""Supervision, with shell scripts in the engine's place: limits, requests to stop, and what counts as success."""

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.confinement.errors import ConfinementError
from shared.confinement.launcher import Launcher
from shared.energyplus.installation import Engine
from shared.energyplus.verdict import Verdict
from sim_worker.engine import supervise as supervision
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution, Limits, Stop, StopSignal, supervise

COMPLETED = "EnergyPlus Completed Successfully-- 0 Warning; 0 Severe Errors; Elapsed Time=00hr 00min  0.01sec"
TERMINATED = "EnergyPlus Terminated--Fatal Error Detected. 0 Warning; 1 Severe Errors; Elapsed Time=00hr 00min  0.01sec"
SUCCEED = f"echo '   ************* {COMPLETED}' > eplusout.err"
NO_LIMIT = Limits(1000, 1000)
LIMITS = Limits(soft_seconds=100, hard_seconds=200)


Run = Callable[..., Execution]


@pytest.fixture
def run(launcher: Launcher, tmp_path: Path) -> Run:
    """Supervise a script that stands for EnergyPlus, and another one for ExpandObjects."""

    def run(
        script: str,
        limits: Limits = NO_LIMIT,
        *,
        expand: str | None = None,
        stop: StopSignal | None = None,
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> Execution:
        return supervise(
            launcher,
            install(tmp_path / "engine", script, expand),
            work(tmp_path) / "in.idf",
            tmp_path / "weather.epw",
            limits,
            stop=stop or StopSignal(),
            on_progress=on_progress,
            needs_expansion=expand is not None,
        )

    return run


def work(tmp_path: Path) -> Path:
    directory = tmp_path / "work"
    directory.mkdir(exist_ok=True)
    (directory / "in.idf").write_text("as authored")
    return directory


def install(directory: Path, script: str, expand: str | None) -> Engine:
    directory.mkdir()
    (directory / "Energy+.idd").write_text("!IDD_Version 25.2.0\n")
    for name, text in (("energyplus", script), ("ExpandObjects", expand or "exit 9")):
        (directory / name).write_text(f"#!/bin/sh\n{text}\n")
        (directory / name).chmod(0o700)
    return Engine("25.2.0", "none", directory / "energyplus", directory, None)


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
def test_an_engine_that_somebody_else_killed_is_told_from_one_that_crashed(run: Run, script: str) -> None:
    assert run(script).killed_from_outside


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The soft limit passes when the script has left a file `started`, the hard one when it has left `asked`."""

    def monotonic() -> float:
        there = [path.name for name in ("started", "asked") for path in tmp_path.glob(f"work/**/{name}")]
        return 300.0 if "asked" in there else 150.0 if "started" in there else 0.0

    monkeypatch.setattr(supervision, "monotonic", monotonic)


@pytest.mark.usefixtures("clock")
def test_the_soft_limit_asks(run: Run) -> None:
    execution = run("echo > started; exec sleep 1000", LIMITS)

    assert execution.verdict is Verdict.TIMED_OUT
    assert execution.exit.signal == signal.SIGTERM


@pytest.mark.usefixtures("clock")
def test_the_hard_limit_kills_what_does_not_listen(run: Run) -> None:
    execution = run("trap 'echo > asked' TERM; echo > started; while :; do sleep 0.1; done", LIMITS)

    assert execution.verdict is Verdict.TIMED_OUT
    assert execution.exit.signal == signal.SIGKILL
    assert not execution.killed_from_outside


@pytest.mark.usefixtures("clock")
def test_a_run_that_completes_after_being_asked_to_end_is_a_success(run: Run) -> None:
    execution = run(f'trap "{SUCCEED}; exit 0" TERM; echo > started; while :; do sleep 0.1; done', LIMITS)

    assert execution.verdict is Verdict.SUCCESS


@pytest.mark.parametrize("reason", list(Stop))
def test_a_request_kills_at_once_and_not_at_the_next_look(
    run: Run, reason: Stop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # With looks a thousand seconds apart, only being woken can end this test.
    monkeypatch.setattr(supervision, "POLL_SECONDS", 1000.0)
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


def test_an_end_is_noticed_at_once_and_not_at_the_next_look(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "POLL_SECONDS", 1000.0)

    assert run(SUCCEED).verdict is Verdict.SUCCESS


def test_a_request_before_the_start_stops_the_run(run: Run) -> None:
    stop = StopSignal()
    stop.request(Stop.CANCELLED)
    stop.request(Stop.DRAINED)

    assert run("exec sleep 1000", stop=stop).stopped is Stop.CANCELLED


def test_progress_is_told_while_it_runs(run: Run) -> None:
    seen: list[Progress] = []
    script = "echo 'Starting Simulation at 07/02 for YEAR'; exec sleep 1000"

    def look(progress: Progress) -> None:
        seen.append(progress)
        if progress.text.startswith("Simulating"):
            stop.request(Stop.CANCELLED)

    stop = StopSignal()
    execution = run(script, stop=stop, on_progress=look)

    assert execution.stopped is Stop.CANCELLED
    assert seen[-1].text == "Simulating YEAR, 07-02"


def test_templates_are_expanded_first(run: Run, tmp_path: Path) -> None:
    expand = "head -1 Energy+.idd && sed s/authored/expanded/ in.idf > expanded.idf"

    assert run(SUCCEED, expand=expand).verdict is Verdict.SUCCESS
    assert (tmp_path / "work" / "in.idf").read_text() == "as expanded"


@pytest.mark.parametrize(
    ("expand", "told"),
    [
        ("exit 0", "exit code 0, ExpandObjects wrote no model"),
        ("echo half > expanded.idf; kill -SEGV $$", "signal 11"),
    ],
)
def test_an_expansion_that_fails_starts_no_engine(run: Run, tmp_path: Path, expand: str, told: str) -> None:
    execution = run(f"{SUCCEED}; echo > ran", expand=expand)

    assert execution.verdict is Verdict.CRASHED
    assert str(execution.exit) == told
    assert not (tmp_path / "work" / "ran").exists()
    assert (tmp_path / "work" / "in.idf").read_text() == "as authored"


@pytest.mark.usefixtures("clock")
def test_expansion_is_under_the_same_limit(run: Run, tmp_path: Path) -> None:
    execution = run("echo > ran", LIMITS, expand="echo > started; exec sleep 1000")

    assert execution.verdict is Verdict.TIMED_OUT
    assert not (tmp_path / "work" / "ran").exists()


def test_a_request_during_expansion_starts_no_engine(run: Run, tmp_path: Path) -> None:
    stop = StopSignal()
    stop.request(Stop.CANCELLED)

    assert run("echo > ran", expand="exec sleep 1000", stop=stop).stopped is Stop.CANCELLED
    assert not (tmp_path / "work" / "ran").exists()


def test_a_missing_engine_is_not_the_models_fault(launcher: Launcher, tmp_path: Path) -> None:
    engine = Engine("25.2.0", "none", tmp_path / "energyplus", tmp_path, None)

    with pytest.raises(ConfinementError, match="energyplus: No such file"):
        supervise(
            launcher,
            engine,
            work(tmp_path) / "in.idf",
            tmp_path / "weather.epw",
            NO_LIMIT,
            stop=StopSignal(),
            on_progress=lambda _: None,
        )


def test_a_full_disk_is_not_the_models_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "SPACE_BYTES", 1 << 62)

    with pytest.raises(OSError, match="no space was left"):
        run(f"{SUCCEED}; exit 0")


def test_what_is_written_in_the_last_moment_is_counted_too(run: Run) -> None:
    execution = run(f"head -c 3000000 /dev/zero > big; {SUCCEED}", Limits(1000, 1000, scratch_bytes=2_000_000))

    assert execution.verdict is Verdict.CRASHED
    assert str(execution.exit) == "exit code 0, its files grew past 2000000 bytes in all"


def test_an_engine_does_not_outlive_a_supervisor_that_fails(run: Run, tmp_path: Path) -> None:
    def fail(_: Progress) -> None:
        raise RuntimeError("nobody expected this")

    with pytest.raises(RuntimeError):
        run("echo $$ > pid.part; mv pid.part pid; exec sleep 1000", on_progress=fail)

    pid = int((tmp_path / "work" / "pid").read_text())
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
