"""ExpandObjects runs before the engine; infrastructure errors are not attributed to the model."""

import time
from pathlib import Path

import pytest

from shared.confinement.errors import ConfinementError
from shared.confinement.launcher import Launcher
from shared.energyplus.installation import Engine
from shared.energyplus.verdict import Verdict
from sim_worker.engine import supervise as supervision
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import supervise
from sim_worker.engine.watch import Limits, Stop, StopSignal
from tests.unit.supervision import LIMITS, NO_LIMIT, SUCCEED, Run, work


def test_templates_are_expanded_first(run: Run, tmp_path: Path) -> None:
    expand = "head -1 Energy+.idd && sed s/authored/expanded/ in.idf > expanded.idf"

    assert run(SUCCEED, expand=expand).verdict is Verdict.SUCCESS
    assert (tmp_path / "work" / "in.idf").read_text() == "as expanded"


@pytest.mark.parametrize(
    ("expand", "ending"),
    [
        ("exit 0", "exit code 0, ExpandObjects wrote no model"),
        ("echo half > expanded.idf; kill -SEGV $$", "signal 11"),
    ],
)
def test_an_expansion_that_fails_starts_no_engine(run: Run, tmp_path: Path, expand: str, ending: str) -> None:
    execution = run(f"{SUCCEED}; echo > ran", expand=expand)

    assert execution.verdict is Verdict.CRASHED
    assert str(execution.exit) == ending
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


def test_files_written_in_the_last_moment_are_counted_too(run: Run) -> None:
    execution = run(f"head -c 3000000 /dev/zero > big; {SUCCEED}", Limits(1000, 1000, scratch_bytes=2_000_000))

    assert execution.verdict is Verdict.CRASHED
    assert str(execution.exit) == "exit code 0, its files grew past 2000000 bytes in all"


def test_an_engine_does_not_outlive_a_supervisor_that_fails(run: Run, tmp_path: Path) -> None:
    def fail(_: Progress) -> None:
        raise RuntimeError("unexpected")

    with pytest.raises(RuntimeError):
        run("echo $$ > pid.part; mv pid.part pid; exec sleep 1000", on_progress=fail)

    pid = int((tmp_path / "work" / "pid").read_text())
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
