"""The mixed runs of `make bench-estimate`: DOE models over different periods, with different outputs."""

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from queue import Queue

from shared.confinement.launcher import Launcher
from shared.energyplus.formats.document import Document, load
from shared.energyplus.installation import find_engines
from shared.energyplus.preparation.prepare import Output, Preparation
from shared.helper import preload
from sim_worker.engine.execute import execute
from sim_worker.engine.watch import Limits, StopSignal
from tests.models import ENGINE_VERSION, ROOT, SMALL_OFFICE, doe_models, weather

#: Days of the run period, and the most bytes of the models that are run so long; None is sizing periods only. The nine
#: largest models would take most of the time.
PERIODS = {None: 10**9, 1: 10**9, 3: 1_200_000, 7: 10**9, 14: 1_200_000, 30: 1_200_000, 2: 1_200_000, 365: 350_000}
HOURLY = tuple(
    Output(variable)
    for variable in (
        "Zone Mean Air Temperature",
        "Zone Air Relative Humidity",
        "Surface Inside Face Temperature",
        "Zone Lights Electricity Energy",
    )
)
OUTPUTS: tuple[tuple[Output, ...] | None, ...] = (None, (), HOURLY)
#: Two periods begin in winter, two in summer.
BEGINNINGS = (date(2023, 1, 9), date(2023, 7, 3))
YEAR_BEGINS, DAYS_OF_YEAR = date(2023, 1, 1), 365


@dataclass(frozen=True, slots=True)
class MixedRun:
    """One model over one period with some outputs."""

    model: Path
    days: int | None
    outputs: tuple[Output, ...] | None
    begin: date

    @property
    def preparation(self) -> Preparation:
        """What is asked of its preparation."""
        return Preparation(annual=False if self.days is None else None, outputs=self.outputs)

    @property
    def weather(self) -> Path:
        """The weather of its place."""
        return weather("Denver" if "Denver" in self.model.stem else "Chicago")


def mixed_runs() -> list[MixedRun]:
    """All runs: 34 models, each over up to eight periods."""
    models = [*doe_models(), SMALL_OFFICE, ROOT / "tests" / "box.idf"]
    return [
        MixedRun(
            model,
            days,
            OUTPUTS[(row + column) % 3],
            YEAR_BEGINS if days == DAYS_OF_YEAR else BEGINNINGS[(row + column) % 2],
        )
        for (column, days), (row, model) in itertools.product(enumerate(PERIODS), enumerate(models))
        if model.stat().st_size < PERIODS[days]
    ]


def write_model(run: MixedRun, path: Path) -> None:
    """Write the model of a run, with its period instead of its own ones."""
    document, _ = load(run.model, ENGINE_VERSION)
    if run.days is not None:
        _set_days(document, run.begin, run.days)
    path.write_text(document.text(), encoding="utf-8", newline="")


def _set_days(document: Document, begin: date, days: int) -> None:
    (control,) = document.objects("SimulationControl")
    control.set("run_simulation_for_sizing_periods", "No")
    control.set("run_simulation_for_weather_file_run_periods", "Yes")
    for period in list(document.objects("RunPeriod")):
        document.remove(period)
    end = begin + timedelta(days=days - 1)
    document.add(
        "RunPeriod",
        "Some days",
        begin_month=begin.month,
        begin_day_of_month=begin.day,
        end_month=end.month,
        end_day_of_month=end.day,
        day_of_week_for_start_day="Monday",
    )


def measured(runs: list[MixedRun], at_once: int) -> Iterator[tuple[MixedRun, float]]:
    """Execute the runs as a worker does, `at_once` at a time; yields each with its seconds of processor time.

    These are the seconds of a run that has a core for itself, also while other programs run.
    """
    clocks: Queue[_Clock] = Queue()
    for _ in range(at_once):
        clocks.put(_Clock())

    def seconds(run: MixedRun) -> float:
        clock = clocks.get()
        try:
            return _seconds(run, clock)
        finally:
            clocks.put(clock)

    try:
        with ThreadPoolExecutor(at_once) as pool:
            yield from zip(runs, pool.map(seconds, runs), strict=True)
    finally:
        while not clocks.empty():
            clocks.get().launcher.close()


class _Clock:
    """Processor time of a thread and of the children of its launcher."""

    def __init__(self) -> None:
        self.launcher = Launcher(preload([ENGINE_VERSION]))
        self.launcher.start()

    def read(self) -> float:
        stat = Path(f"/proc/{self.launcher.pid}/stat").read_text().rpartition(")")[2].split()
        # Of all children that have ended, in user mode and in the kernel.
        return (int(stat[13]) + int(stat[14])) / os.sysconf("SC_CLK_TCK") + time.thread_time()


def _seconds(run: MixedRun, clock: _Clock) -> float:
    room = Path(tempfile.mkdtemp(prefix="epsm-bench-", dir="/var/tmp"))
    try:
        work, kept = room / "work", room / "kept"
        work.mkdir()
        kept.mkdir()
        model = room / run.model.name
        write_model(run, model)
        started = clock.read()
        executed = execute(
            *(
                clock.launcher,
                find_engines()[ENGINE_VERSION],
                model,
                run.weather,
                work,
                kept,
                run.preparation,
                Limits(),
            ),
            stop=StopSignal(),
            on_progress=lambda _: None,
        )
        if executed.results is None:
            raise SystemExit(f"error: {run.model.name}, {run.days}: {executed.said.messages[:2]}")
        return clock.read() - started
    finally:
        shutil.rmtree(room)
