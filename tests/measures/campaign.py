"""Runs the cases, several buildings at a time."""

import shutil
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.formats.document import PreparationError, load
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from shared.energyplus.preparation.prepare import Output
from tests.fidelity.year import place_of
from tests.measures.case import Case, Compared
from tests.measures.simulate import DAYS, Season, Simulated, simulate
from tests.models import ENGINE_VERSION, doe_models, weather

#: In every run, so that a baseline is the same for all cases.
OUTPUTS = tuple(
    Output(f"Zone Thermostat {word} Setpoint Temperature", "*", "RunPeriod") for word in ("Cooling", "Heating")
)


class Laboratory:
    """Simulates in a directory; baselines are kept for all cases of a season."""

    def __init__(self, directory: Path, days: int = DAYS) -> None:
        self._directory = directory
        self._days = days
        self._locks: dict[tuple[str, Season], threading.Lock] = defaultdict(threading.Lock)
        self._baselines: dict[tuple[str, Season], Simulated] = {}

    def compare(self, case: Case, model: Path) -> Compared:
        """A building without and with the measure, and with it undone. Raises PreparationError."""
        before = self._baseline(model, case.season)
        there = case.request(case.value)
        back = case.undoing(model) if model.stem.startswith(case.undone_on) else None
        name = f"{case.measure}-{case.value:g}"
        after = self._run(model, case.season, name, (there,))
        undone = self._run(model, case.season, f"{name}-undone", (there, back)) if back else None
        return Compared(model.stem, case, before, after, undone)

    def _baseline(self, model: Path, season: Season) -> Simulated:
        asked = (model.stem, season)
        with self._locks[asked]:
            if asked not in self._baselines:
                self._baselines[asked] = self._run(model, season, "baseline", ())
            return self._baselines[asked]

    def _run(self, model: Path, season: Season, name: str, measures: Sequence[MeasureRequest]) -> Simulated:
        directory = self._directory / model.stem / f"{name}-{season}"
        return simulate(
            model,
            weather(place_of(model)),
            directory,
            measures,
            season=season,
            days=self._days,
            outputs=OUTPUTS,
        )


def models_of(case: Case) -> list[Path]:
    """The DOE models of a case."""
    return [model for model in doe_models() if model.stem.startswith(case.models)]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one case was on one building: `first` has a printed value before and after, and how many there are."""

    model: Path
    case: Case
    first: tuple[str, str, int]
    change: float
    gap: float | None
    faults: tuple[str, ...]


def run(cases: Sequence[Case], directory: Path, processes: int) -> Iterator[CaseResult]:
    """Yields a row for each case and building, in the order of the cases."""
    laboratory = Laboratory(directory)

    def work(pair: tuple[Case, Path]) -> CaseResult:
        case, model = pair
        try:
            done = laboratory.compare(case, model)
        except (PreparationError, AssertionError) as error:
            return CaseResult(model, case, ("", "", 0), 0.0, None, (str(error)[-500:],))
        gap = None if done.undone is None else done.gap()
        row = CaseResult(model, case, done.first(), done.change(), gap, tuple(done.faults()))
        for simulated in (done.after, done.undone):
            if simulated is not None:
                shutil.rmtree(simulated.directory)
        return row

    with ThreadPoolExecutor(max_workers=processes) as pool:
        yield from pool.map(work, [(case, model) for case in cases for model in models_of(case)])
    shutil.rmtree(directory)


def refusals(case: Case) -> dict[str, list[Path]]:
    """The reasons why models refuse a measure, and the models."""
    found: dict[str, list[Path]] = defaultdict(list)
    for model in doe_models():
        document, _ = load(model, ENGINE_VERSION)
        try:
            apply_measure(document, case.request(case.value))
        except PreparationError as error:
            found[str(error)].append(model)
    return found
