"""Cost of the helper: a job that does nothing, and preparing and reading a small model inside and outside of one.

The launcher is that of a worker, with its jobs preloaded and its sandbox. Each round does every measurement in turn.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.confinement.child import Preload
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import sandbox_of
from shared.energyplus.installation import find_engine
from shared.energyplus.jobs import PREPARE, READ, PrepareRequest, ReadRequest
from shared.energyplus.preparation.prepare import Preparation
from shared.helper import call, helper_sandbox
from sim_worker.engine.direct import run_model
from sim_worker.engine.reading import HelperWatch, RunReader
from sim_worker.engine.watch import Limits, StopSignal
from tests.bench.jobs import EMPTY, Empty
from tests.models import ENGINE_VERSION, SMALL_OFFICE, weather

#: Two days of design weather: its results are small, so that the helper's share is large.
REQUEST = Preparation(annual=False, outputs=())


@dataclass(frozen=True)
class Bench:
    """Everything that the measured calls need."""

    launcher: Launcher
    limits: Limits
    room: Path
    #: A directory that EnergyPlus has worked in.
    results: Path
    numbers: "itertools.count[int]"

    def empty(self) -> None:
        """Fork, confine, reply."""
        directory = self._made()
        watch = HelperWatch(self.limits, StopSignal(), directory)
        call(self.launcher, EMPTY, Empty(), directory / "room", self.limits.helper, helper_sandbox(), watch)

    def prepare(self) -> None:
        """Prepare the model in a helper."""
        self._reader(directory := self._made()).prepare(self._preparation(directory))

    def prepare_here(self) -> None:
        """Prepare the model in this process."""
        PREPARE.function(self._preparation(self._made()))

    def read(self) -> None:
        """Read the results in a helper."""
        self._reader(self.results).read(self._reading())

    def read_here(self) -> None:
        """Read the results in this process."""
        READ.function(self._reading())

    def _preparation(self, directory: Path) -> PrepareRequest:
        return PrepareRequest(SMALL_OFFICE, weather("Chicago"), directory, REQUEST, ENGINE_VERSION)

    def _reading(self) -> ReadRequest:
        return ReadRequest(self.results, succeeded=True, engine_seconds=1.0, ideal_loads=False, building=None)

    def _reader(self, directory: Path) -> RunReader:
        return RunReader(self.launcher, directory, self.limits, StopSignal())

    def _made(self) -> Path:
        directory = self.room / str(next(self.numbers))
        directory.mkdir()
        return directory


def main() -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="make bench-helper", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds (default 5)")
    parser.add_argument("--calls", type=int, default=40, help="calls of each kind per round (default 40)")
    arguments = parser.parse_args()
    launcher = Launcher(Preload("tests.bench.jobs", (ENGINE_VERSION,)))
    engine = find_engine(ENGINE_VERSION)
    limits = Limits(sandbox=sandbox_of(engine))
    with tempfile.TemporaryDirectory(prefix="epsm-bench-", dir="/var/tmp") as name:
        room = Path(name)
        results = room / "results"
        results.mkdir()
        run_model(
            SMALL_OFFICE,
            weather("Chicago"),
            results,
            REQUEST,
            engine=engine,
            limits=limits,
            stop=StopSignal(),
            on_progress=lambda _: None,
        )
        bench = Bench(launcher, limits, room, results, itertools.count())
        try:
            print(f"start of the launcher and its first job: {_milliseconds(bench.empty):.0f} ms")
            _measure(bench, arguments.rounds, arguments.calls)
        finally:
            launcher.close()
    return 0


def _measure(bench: Bench, rounds: int, calls: int) -> None:
    kinds = {
        "empty job": bench.empty,
        "prepare, helper": bench.prepare,
        "prepare, in process": bench.prepare_here,
        "read, helper": bench.read,
        "read, in process": bench.read_here,
    }
    medians: dict[str, list[float]] = {kind: [] for kind in kinds}
    for number in range(1, rounds + 1):
        for kind, measured in kinds.items():
            medians[kind].append(statistics.median(_milliseconds(measured) for _ in range(calls)))
        shown = ", ".join(f"{kind} {of[-1]:.1f}" for kind, of in medians.items())
        print(f"  round {number}, medians of {calls} calls in ms: {shown}", flush=True)
    for kind, of in medians.items():
        print(f"{kind}: {_spread(of)} ms")
    for step in ("prepare", "read"):
        both = zip(medians[f"{step}, helper"], medians[f"{step}, in process"], strict=True)
        print(f"{step}, what the helper adds: {_spread([helper - here for helper, here in both])} ms")


def _milliseconds(measured: Callable[[], None]) -> float:
    started = time.perf_counter()
    measured()
    return (time.perf_counter() - started) * 1000


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} median of {len(values)}, {min(values):.1f} - {max(values):.1f}"


if __name__ == "__main__":
    sys.exit(main())
