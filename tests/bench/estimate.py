"""Error of estimated times: 215 mixed runs of 34 models, each estimated by a fit that has not seen its model.

Runs are measured anew, or taken from the recorded ones (`--recorded`). With `--write` they become the recorded ones,
and the fit to all of them the shipped one.
"""

import argparse
import json
import math
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from shared.energyplus.formats.document import load
from shared.energyplus.job import adapter
from shared.energyplus.preparation.features import ModelFeatures, read_features
from shared.energyplus.preparation.period import set_period
from shared.estimates.duration import run_quantiles
from shared.estimates.regression import TERMS, Prior, Regression, Sample, fit
from tests.bench.mixed_runs import MixedRun, measured, mixed_runs, write_model
from tests.models import ENGINE_VERSION, ROOT

RECORDED = Path(__file__).with_name("estimate.json")
SHIPPED_FILE = ROOT / "shared" / "estimates" / "shipped.json"
#: The prior of the first fit: any constant, and small coefficients of sizes. Larger deviations fit better, but give the
#: surfaces a negative coefficient, because zones and surfaces of the DOE models are collinear.
NOTHING = Prior(
    Regression(dict.fromkeys(TERMS, 0.0), bias=0.3, spread=0.1),
    {**dict.fromkeys(TERMS, 0.2), "constant": 30.0, "steps": 1.0},
    weight=1,
)


@dataclass(frozen=True, slots=True)
class TimedRun:
    """A run of the benchmark, with its time."""

    model: str
    features: ModelFeatures
    seconds: float


@dataclass(frozen=True, slots=True)
class EstimateError:
    """How good estimates are: the share of runs at or under their p90, and the median of |p50 / seconds - 1|."""

    runs: int
    under_p90: float
    median_error: float


def recorded() -> list[TimedRun]:
    """The runs as they were measured for the shipped fit."""
    return [adapter(TimedRun).validate_python(run) for run in json.loads(RECORDED.read_text())]


def kind_of(model: str) -> str:
    """The kind of building: DOE has most in two generations, which are held out together."""
    name = model.removeprefix("ASHRAE901_").removeprefix("RefBldg").split("_")[0].split("New2004")[0]
    return KINDS.get(name, name)


#: Kinds whose two generations have different names.
KINDS = {
    "ApartmentMidRise": "MidriseApartment",
    "HotelLarge": "LargeHotel",
    "HotelSmall": "SmallHotel",
    "OfficeLarge": "LargeOffice",
    "OfficeMedium": "MediumOffice",
    "OfficeSmall": "SmallOffice",
    "OutPatientHealthCare": "OutPatient",
    "RestaurantFastFood": "QuickServiceRestaurant",
    "RestaurantSitDown": "FullServiceRestaurant",
    "RetailStandalone": "Stand-aloneRetail",
    "RetailStripmall": "StripMall",
    "SchoolPrimary": "PrimarySchool",
    "SchoolSecondary": "SecondarySchool",
}


def samples(runs: Sequence[TimedRun]) -> list[Sample]:
    """The runs as a fit takes them."""
    return [Sample(run.model, run.features, math.log(run.seconds)) for run in runs]


def held_out(runs: Sequence[TimedRun]) -> EstimateError:
    """Estimate each run by a fit to the runs of other kinds of buildings."""
    under, errors = 0, []
    for kind in dict.fromkeys(kind_of(run.model) for run in runs):
        fitted = fit(samples([run for run in runs if kind_of(run.model) != kind]), NOTHING)
        for run in (run for run in runs if kind_of(run.model) == kind):
            estimated = run_quantiles([fitted.duration(run.features)])
            under += run.seconds <= estimated.p90
            errors.append(abs(estimated.p50 / run.seconds - 1))
    return EstimateError(len(runs), under / len(runs), statistics.median(errors))


def features_of(run: MixedRun, room: Path) -> ModelFeatures:
    """The features of a run's model, as a dry run counts them."""
    write_model(run, room / "model.idf")
    document, _ = load(room / "model.idf", ENGINE_VERSION)
    set_period(document, run.preparation.annual)
    return read_features(document, run.outputs)


def main() -> int:
    """Measure and print; the exit code says whether the error is within bounds."""
    parser = argparse.ArgumentParser(prog="make bench-estimate", description=__doc__)
    parser.add_argument("--recorded", action="store_true", help="run nothing: the recorded runs")
    parser.add_argument("--at-once", type=int, default=os.cpu_count() or 1, help="runs at once (default: cores)")
    parser.add_argument("--only", default="", help="a part of the models' names")
    parser.add_argument("--write", action="store_true", help="write the recorded runs and the shipped fit")
    arguments = parser.parse_args()
    started = time.monotonic()
    runs = recorded() if arguments.recorded else _measure(arguments.at_once, arguments.only)
    error = held_out(runs)
    print(
        f"{error.runs} runs in {(time.monotonic() - started) / 60:.1f} minutes, models held out: "
        f"{error.under_p90:.1%} at or under p90, median absolute error {error.median_error:.1%}"
    )
    if arguments.write:
        RECORDED.write_text(json.dumps([asdict(run) for run in runs], indent=1) + "\n")
        SHIPPED_FILE.write_text(json.dumps(asdict(fit(samples(runs), NOTHING)), indent=1) + "\n")
    return 0 if 0.8 <= error.under_p90 <= 0.97 and error.median_error <= 0.35 else 1


def _measure(at_once: int, only: str) -> list[TimedRun]:
    runs = [run for run in mixed_runs() if only in run.model.name]
    found = []
    with tempfile.TemporaryDirectory(prefix="epsm-bench-", dir="/var/tmp") as room:
        for run, seconds in measured(runs, at_once):
            found.append(TimedRun(run.model.stem, features_of(run, Path(room)), round(seconds, 3)))
            print(f"{run.model.stem}, {run.days or 'sizing'} days: {seconds:.1f} s", flush=True)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
