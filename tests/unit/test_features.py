"""What of a model takes time, as it is counted before and after preparation."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from shared.energyplus.formats.document import load
from shared.energyplus.job import adapter
from shared.energyplus.preparation.features import ModelFeatures, read_features
from shared.energyplus.preparation.period import set_period
from shared.energyplus.preparation.prepare import Output, Preparation, prepare
from tests.models import ENGINE_VERSION, ROOT, doe_model
from tests.unit.estimating import features

BOX = ROOT / "tests" / "box.idf"


def of(path: Path, annual: bool | None = None, *outputs: Output) -> ModelFeatures:
    document, _ = load(path, ENGINE_VERSION)
    set_period(document, annual)
    return read_features(document, outputs or None)


def changed(room: Path, text: str) -> Path:
    path = room / "box.idf"
    path.write_text(BOX.read_text() + text)
    return path


def test_a_box_has_six_surfaces_and_no_systems_but_its_baseboard() -> None:
    found = of(BOX)

    assert (found.zones, found.surfaces, found.openings, found.steps_per_hour) == (1, 6, 0, 4)
    assert (found.environments, found.days, found.series) == (1, 7, 0)
    assert (found.systems, found.plant) == (3, 0)
    assert {found.air_network, found.finite_differences} == {False}


def test_days_are_those_that_are_simulated_and_sizing_simulates_design_days_too() -> None:
    year, sizing = of(BOX, annual=True), of(BOX, annual=False)
    office = of(doe_model("RefBldgSmallOffice"), annual=True)

    assert (year.environments, year.days) == (1, 365)
    assert (sizing.environments, sizing.days) == (2, 2)
    # Zone, system and plant sizing with two design days each, and the year.
    assert (office.environments, office.days) == (7, 371)


def test_series_are_counted_by_their_frequency_and_objects() -> None:
    hourly, each_step = Output("Zone Mean Air Temperature"), Output("Surface Inside Face Temperature", "*", "Timestep")

    assert of(BOX, None, hourly).series == 1
    assert of(BOX, None, each_step).series == 6 * 4
    assert of(BOX, None, Output("Zone Mean Air Temperature", "Room", "Monthly")).series == 0


def test_costly_calculations_show(tmp_path: Path) -> None:
    network = "AirflowNetwork:SimulationControl,A,MultizoneWithoutDistribution;\n"

    found = of(changed(tmp_path, "HeatBalanceAlgorithm,ConductionFiniteDifference;\n" + network))

    assert (found.finite_differences, found.air_network) == (True, True)


@pytest.mark.parametrize("annual", [True, False, None])
@pytest.mark.parametrize("outputs", [None, (Output("Zone Mean Air Temperature"),)])
def test_the_prepared_model_has_the_features_that_were_counted_before(
    tmp_path: Path, annual: bool | None, outputs: tuple[Output, ...] | None
) -> None:
    model = doe_model("RefBldgSmallOffice")

    prepared = prepare(model, tmp_path, Preparation(annual=annual, outputs=outputs), version=ENGINE_VERSION)

    assert prepared.features == of(model, annual, *(outputs or ()))


@pytest.mark.parametrize("value", [-1, 10**10, 1.5, float("nan"), "many"])
def test_a_helper_cannot_say_features_that_no_model_has(value: object) -> None:
    said = {**adapter(ModelFeatures).dump_python(features()), "zones": value}

    with pytest.raises(ValidationError):
        adapter(ModelFeatures).validate_python(said)
