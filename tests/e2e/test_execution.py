"""The real engine under the launcher and the supervisor."""

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared.confinement.errors import LauncherLost
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import sandbox_of
from shared.energyplus.formats.document import load
from shared.energyplus.installation import find_engines
from shared.energyplus.preparation.outlook import Outlook, outlook_on
from shared.energyplus.preparation.prepare import Preparation, prepare
from shared.energyplus.results.reading import read_results
from shared.energyplus.verdict import Verdict
from sim_worker.engine.progress import Progress, ProgressReader
from sim_worker.engine.supervise import Execution, supervise
from sim_worker.engine.watch import Limits, Stop, StopSignal
from tests.e2e.conftest import CHICAGO, OFFICE, PATIENCE_SECONDS

ENGINE = next(iter(find_engines().values()))


PERIODS = """\
SimulationControl, Yes, No, No, Yes, Yes;
RunPeriod, Week, 2, 1, , 2, 7, , Sunday, No, No, No, Yes, Yes;
RunPeriod, Winter, 12, 1, , 1, 31, , Sunday, No, No, No, Yes, Yes;
RunPeriod, Longer than a year, 12, 20, 2017, 1, 10, 2019, , No, No, No, Yes, Yes;
"""

Watcher = Callable[[Progress], None]


def run(
    launcher: Launcher,
    directory: Path,
    limits: Limits,
    *,
    annual: bool | None = True,
    stop: StopSignal | None = None,
    on_progress: Watcher = lambda _: None,
    model: Path = OFFICE,
) -> Execution:
    directory.mkdir()
    prepared = prepare(model, directory, Preparation(annual=annual), version=ENGINE.version)
    return supervise(
        launcher,
        ENGINE,
        prepared.path,
        CHICAGO,
        limits,
        stop=stop or StopSignal(),
        on_progress=on_progress,
        outlook=prepared.outlook,
    )


def simulated_days(eio: Path) -> tuple[int, ...]:
    """Days of each period by the engine's own report, in the order of simulation."""
    rows = [line.split(",") for line in eio.read_text().splitlines() if line.startswith("Environment,")]
    return tuple(int(row[6]) for row in rows)


def line_by_line(output: Path, again: Path, days: Sequence[int]) -> list[Progress]:
    """Progress after each line of an output, as if no time passed between them."""
    reader = ProgressReader(again, Outlook(days=tuple(days)))
    seen = []
    with again.open("ab", buffering=0) as file:
        for line in output.read_bytes().splitlines(keepends=True):
            file.write(line)
            seen.append(reader.read(0.0))
    return seen


def simulating(action: Callable[[], object]) -> Watcher:
    """Returns a callback for progress that calls `action` once, while EnergyPlus simulates."""
    done = threading.Event()

    def watch(progress: Progress) -> None:
        if progress.text.startswith("Simulating") and not done.is_set():
            done.set()
            action()

    return watch


def processes(directory: Path) -> list[str]:
    """Living processes that work in `directory`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == directory:
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def test_progress_of_a_year_is_reported_to_its_end(launcher: Launcher, tmp_path: Path) -> None:
    seen: list[Progress] = []

    execution = run(launcher, tmp_path / "run", Limits(), on_progress=seen.append)

    assert execution.verdict is Verdict.SUCCESS
    assert execution.exit.max_rss_bytes > 50_000_000
    assert execution.exit.user_seconds > 0
    assert [p.percent for p in seen] == sorted(p.percent for p in seen)
    assert any(p.text.startswith("Simulating") for p in seen)


def test_periods_of_any_length_are_followed_by_what_the_engine_prints(launcher: Launcher, tmp_path: Path) -> None:
    model = tmp_path / "model.idf"
    office = re.sub(r"^(RunPeriod|SimulationControl),[^;]*;", "", OFFICE.read_text(), flags=re.MULTILINE)
    model.write_text(office + PERIODS)

    execution = run(launcher, tmp_path / "run", Limits(), annual=None, model=model)

    assert execution.verdict is Verdict.SUCCESS
    days = outlook_on(load(model, ENGINE.version)[0]).days
    assert days == simulated_days(tmp_path / "run" / "eplusout.eio") == (1, 1, 7, 62, 387)
    seen = line_by_line(tmp_path / "run" / "energyplus.out", tmp_path / "again", days)
    assert [p.percent for p in seen] == sorted(p.percent for p in seen)
    assert not any("estimated" in p.text for p in seen)
    assert len({p.percent for p in seen}) >= 25
    # Less than twenty days of the last period come after its last line.
    assert seen[-1].percent >= 93


def test_several_threads_run_several_engines(launcher: Launcher, tmp_path: Path) -> None:
    executions: list[Execution] = []

    def work(number: int) -> None:
        executions.append(run(launcher, tmp_path / str(number), Limits(), annual=False))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [e.verdict for e in executions] == [Verdict.SUCCESS] * 4


def test_a_cancelled_run_leaves_no_process(launcher: Launcher, tmp_path: Path) -> None:
    stop = StopSignal()
    cancel = simulating(lambda: stop.request(Stop.CANCELLED))

    execution = run(launcher, tmp_path / "run", Limits(), stop=stop, on_progress=cancel)

    assert execution.stopped is Stop.CANCELLED
    assert processes(tmp_path / "run") == []


def test_a_run_that_needs_more_memory_than_it_may_have_says_so(launcher: Launcher, tmp_path: Path) -> None:
    execution = run(launcher, tmp_path / "run", Limits(memory_bytes=200 << 20))

    assert execution.verdict is Verdict.CRASHED
    assert "out of memory" in str(execution.exit)


def test_an_engine_killed_from_outside_is_not_the_models_fault(launcher: Launcher, tmp_path: Path) -> None:
    def kill() -> None:
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == tmp_path / "run":
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                continue

    assert run(launcher, tmp_path / "run", Limits(), on_progress=simulating(kill)).killed_from_outside


def test_a_lost_launcher_is_not_the_models_fault_and_leaves_no_process(launcher: Launcher, tmp_path: Path) -> None:
    def lose() -> None:
        assert launcher.pid is not None
        os.kill(launcher.pid, signal.SIGKILL)

    with pytest.raises(LauncherLost):
        run(launcher, tmp_path / "run", Limits(), on_progress=simulating(lose))

    deadline = time.monotonic() + PATIENCE_SECONDS
    while processes(tmp_path / "run"):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert run(launcher, tmp_path / "again", Limits(), annual=False).verdict is Verdict.SUCCESS


def test_a_confined_engine_gives_the_same_numbers(launcher: Launcher, tmp_path: Path) -> None:
    free = run(launcher, tmp_path / "free", Limits(), annual=False)
    confined = run(launcher, tmp_path / "confined", Limits(sandbox=sandbox_of(ENGINE)), annual=False)

    assert free.verdict is confined.verdict is Verdict.SUCCESS
    first, second = (read_results(tmp_path / name, engine_seconds=1).metrics for name in ("free", "confined"))
    assert first == second


@pytest.mark.parametrize("place", ["{outside}/canary.csv", "../outside/canary.csv"])
def test_a_model_reads_nothing_outside_its_directory(launcher: Launcher, tmp_path: Path, place: str) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "canary.csv").write_text("0.5\n" * 8760)
    model = tmp_path / "model.idf"
    named = place.format(outside=tmp_path / "outside")
    schedule = f"Schedule:File, Canary, , {named}, 1, 0, 8760, Comma, No, 60;"
    model.write_text(f"{OFFICE.read_text()}\n{schedule}\n")

    free = run(launcher, tmp_path / "free", Limits(), annual=False, model=model)
    confined = run(launcher, tmp_path / "confined", Limits(sandbox=sandbox_of(ENGINE)), annual=False, model=model)

    assert free.verdict is Verdict.SUCCESS
    assert confined.verdict is Verdict.FATAL
