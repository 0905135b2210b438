"""A model's year: prepared, executed and read by us, and executed by hand."""

import re
from pathlib import Path

from shared.energyplus.installation import find_engines
from shared.energyplus.preparation.prepare import Preparation
from sim_worker.engine.direct import run_model
from sim_worker.engine.watch import Limits, StopSignal
from tests.e2e import by_hand
from tests.fidelity.report import differences
from tests.models import ENGINE_VERSION

PLACE = re.compile(r".*_(\w+)")


def place_of(model: Path) -> str:
    """The place of a DOE model, which its name ends with."""
    found = PLACE.fullmatch(model.stem)
    assert found is not None
    return found[1]


def compare(model: Path, weather: Path, directory: Path) -> list[str]:
    """What differs between our year and the one by hand: meters to 1e-12, the report's figures by their digits."""
    ours, theirs = directory / "ours", directory / "theirs"
    ours.mkdir(parents=True)
    executed = run_model(
        *(model, weather, ours, Preparation(annual=True)),
        engine=find_engines()[ENGINE_VERSION],
        limits=Limits(),
        stop=StopSignal(),
        on_progress=lambda _: None,
    )
    if executed.results is None:
        return [f"{executed.execution.verdict}: {executed.said.messages[:2]}"]
    by_hand.run(model, weather, theirs, year=True)
    metrics = executed.results.metrics
    meters = by_hand.meters_kwh(theirs)
    wrong = [
        f"{name}: {metrics[name]!r} kWh, and the meter has {meters[meter]!r}"
        for name, meter in (("electricity_kwh", "Electricity:Facility"), ("natural_gas_kwh", "NaturalGas:Facility"))
        if meter in meters and abs(metrics[name] - meters[meter]) > 1e-12 * meters[meter]
    ]
    return wrong + differences(metrics, theirs)
