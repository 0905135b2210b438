"""The registry of measures, the checks of a request for one, and the list of changes of a run."""

import re
from pathlib import Path

import pytest

from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.inspection import InspectRequest, ModelQuestions, PreviewOptions
from shared.energyplus.job import adapter
from shared.energyplus.jobs import INSPECT, PREPARE, PrepareRequest
from shared.energyplus.measures.measure import Applied, Measure, Option, Options
from shared.energyplus.measures.registry import MEASURES
from shared.energyplus.measures.request import MeasureRequest, apply_measure, wrong_options
from shared.energyplus.measures.sizing import resized
from shared.energyplus.preparation.prepare import Parameter, Preparation, Prepared, prepare
from shared.energyplus.preparation.varied import VariedField, VariedMeasure
from tests.measures.page import PAGE, listed
from tests.models import ENGINE_VERSION
from tests.unit.measuring import document, one

MODEL = """\
Version, 25.2;
Building, B, 10;
Lights, North, Z, S, LightingLevel, 500;
Fan:OnOff, Fan,, 0.5, 500, autosize;
Chiller:ConstantCOP, Chiller, 100000, 4;
"""


def prepared(directory: Path, *asked: Parameter | MeasureRequest) -> Prepared:
    model = directory / "model.idf"
    model.write_text(MODEL)
    (directory / "work").mkdir()
    return prepare(model, directory / "work", Preparation(parameters=asked), version=ENGINE_VERSION)


def test_changes_and_what_was_left_are_told_in_the_order_of_the_request(tmp_path: Path) -> None:
    level = Parameter("Lights", "*", "Lighting Level", "set", 100)

    done = prepared(tmp_path, MeasureRequest("lighting_power", 2), level, MeasureRequest("lighting_power", 1.5))

    assert done.changes[:4] == (
        "lighting_power: Lights 'North': lighting_level changed from 500 to 1000",
        "Lights 'North': lighting_level changed from 1000 to 100",
        "lighting_power: Lights 'North': lighting_level changed from 100 to 150",
        "Sizing: EnergyPlus sizes 1 object with autosized fields for the changed model",
    )


def test_a_run_without_measures_is_not_told_about_sizing(tmp_path: Path) -> None:
    assert not [line for line in prepared(tmp_path).changes if "Sizing" in line]


def test_a_size_of_zero_is_given_and_not_autosized() -> None:
    assert len(resized(one("ZoneHVAC:HighTemperatureRadiant"))) == 1
    assert resized(one("ZoneHVAC:HighTemperatureRadiant", heating_design_capacity=0)) == []


def test_many_objects_are_counted_and_not_all_listed(tmp_path: Path) -> None:
    model = tmp_path / "model.idf"
    model.write_text("Version, 25.2;" + "".join(f"Lights, L{n}, Z, S, LightingLevel, 1;" for n in range(150)))

    done = prepare(
        *(model, tmp_path, Preparation(parameters=(MeasureRequest("lighting_power", 2),))), version=ENGINE_VERSION
    )

    assert done.changes[100] == "lighting_power … and 50 more: changed with the value 2"


@pytest.mark.parametrize(
    ("measure", "there", "back"),
    [("lighting_power", 1.1, 1 / 1.1), ("infiltration", 3.3, 1 / 3.3), ("cooling_efficiency", 1.7, 1 / 1.7)],
)
@pytest.mark.parametrize("number", ["10.76", "0.000302", "6.45834625", "7", "13457.544", "1E-05"])
def test_a_factor_and_its_inverse_give_back_the_number(measure: str, there: float, back: float, number: str) -> None:
    items = {
        "lighting_power": ("Lights, A, Z, S, LightingLevel, {};", "Lights", "lighting_level"),
        "infiltration": (
            "ZoneInfiltration:FlowCoefficient, A, Z, S, {};",
            "ZoneInfiltration:FlowCoefficient",
            "flow_coefficient",
        ),
        "cooling_efficiency": ("Chiller:ConstantCOP, A, 100000, {};", "Chiller:ConstantCOP", "nominal_cop"),
    }
    text, class_name, field = items[measure]
    model = document(text.format(number))

    for value in (there, back):
        apply_measure(model, MeasureRequest(measure, value))

    assert model.objects(class_name)[0].get(field) == float(number)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (MeasureRequest("glow", 1), "there is no measure 'glow'; there are cooling_efficiency, "),
        (MeasureRequest("lighting_powr", 1), "did you mean lighting_power"),
        (MeasureRequest("lighting_power", 4), "lighting_power: its value must be a number from 0 to 3 (factor)"),
        (MeasureRequest("lighting_power", float("nan")), "must be a number from 0 to 3 (factor)"),
        (MeasureRequest("lighting_power", "1"), "must be a number from 0 to 3 (factor)"),
        (MeasureRequest("lighting_power", 1, {"x": 1}), "lighting_power has no option 'x'; it has none"),
    ],
)
def test_a_request_that_no_measure_can_take_is_refused(request_: MeasureRequest, reason: str) -> None:
    with pytest.raises(PreparationError, match=re.escape(reason)):
        apply_measure(document(MODEL), request_)


def test_options_are_of_their_kind() -> None:
    options = (
        Option("deep", "", default=False),
        Option("method", "", default="wall", choices=("wall", "roof")),
        Option("share", "", default=0.5),
    )
    measure = Measure("m", "", "K", 0, 1, _nothing, options)

    assert wrong_options(measure, {"deep": True, "method": "roof", "share": 1}) == {}
    assert wrong_options(measure, {"share": float("inf")}) == {"share": "must be a finite number"}
    assert wrong_options(measure, {"deep": 1, "method": "floor", "share": "1", "depth": 1}) == {
        "deep": "must be true or false",
        "method": "must be one of wall, roof",
        "share": "must be a finite number",
        "depth": "m has no option 'depth'; it has deep, method, share",
    }


def _nothing(_: Document, __: float, ___: Options) -> Applied:
    return Applied(())


def test_a_helper_is_asked_for_measures_and_fields_alike(tmp_path: Path) -> None:
    asked = (MeasureRequest("orientation", 90, {"x": True}), Parameter("Lights", "*", "Lighting Level", "set", 1))
    prepared = PrepareRequest(tmp_path, tmp_path, tmp_path, Preparation(parameters=asked), ENGINE_VERSION)
    varied = (
        VariedMeasure("orientation", {"x": True}, (90, 1)),
        VariedField("Lights", "*", "Lighting Level", "set", (1,)),
    )
    inspected = InspectRequest((), (), questions=ModelQuestions(PreviewOptions(None), varied=varied))

    assert adapter(PrepareRequest).validate_json(PREPARE.encode(prepared)) == prepared
    assert adapter(InspectRequest).validate_json(INSPECT.encode(inspected)) == inspected


def test_every_measure_says_what_it_does_and_has_a_range() -> None:
    for name, measure in MEASURES.items():
        assert measure.name == name
        assert re.fullmatch("[a-z_]{1,40}", name)
        assert measure.text.endswith(".")
        assert measure.unit
        assert measure.low < measure.high


def test_the_guide_lists_the_measures_of_the_registry() -> None:
    assert listed() in PAGE.read_text(encoding="utf-8"), "make measures writes the list"
