"""Ground heat exchangers for which EnergyPlus runs another program are refused with advice; the others are taken."""

import json
from pathlib import Path

import pytest

from shared.energyplus.intake import Rejected, check_model
from shared.energyplus.preparation.prepare import Parameter, Preparation, PreparationError, prepare
from tests.models import ENGINE_VERSION

EARLIER = "23.2.0"
ADVICE = r"runs another program, GHEDesigner, for the method '{}'.*choose UHFcalc"


def idf(method: str, factors: str = "", version: str = "25.2") -> str:
    ground = "Site:GroundTemperature:Undisturbed:KusudaAchenbach,K"
    return f"Version,{version};\nGroundHeatExchanger:SYSTEM,G,In,Out,0.1,{ground},2,2e6,{factors},{method};\n"


def epjson(**fields: str) -> str:
    return json.dumps({"Version": {"v": {"version_identifier": "25.2"}}, "GroundHeatExchanger:System": {"G": fields}})


def check(directory: Path, text: str) -> str:
    path = directory / "model"
    path.write_text(text)
    name = "m.epJSON" if text.startswith("{") else "m.idf"
    return check_model(path, name, versions=(ENGINE_VERSION, EARLIER)).engine


def prepared(directory: Path, text: str, *parameters: Parameter) -> None:
    path = directory / ("model.epJSON" if text.startswith("{") else "model.idf")
    path.write_text(text)
    (directory / "work").mkdir()
    prepare(path, directory / "work", Preparation(parameters=parameters), version=ENGINE_VERSION)


REFUSED = {
    "full design": (idf("FullDesign"), "FullDesign"),
    "in capitals": (idf("FULLDESIGN"), "FULLDESIGN"),
    "uniform temperature": (idf("UBHWTcalc"), "UBHWTcalc"),
    "in epJSON": (epjson(g_function_calculation_method="FullDesign"), "FullDesign"),
    "with templates": (
        idf("FullDesign") + "HVACTemplate:Thermostat,T,,20,,26;\n",
        "FullDesign",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_method_that_runs_a_program_is_refused_at_the_door_and_in_preparation(what: str, tmp_path: Path) -> None:
    text, method = REFUSED[what]

    with pytest.raises(Rejected, match=f"'G' {ADVICE.format(method)}"):
        check(tmp_path, text)
    with pytest.raises(PreparationError, match=f"'G' {ADVICE.format(method)}") as refusal:
        prepared(tmp_path, text)

    assert refusal.value.code == "object_refused"


def test_a_field_spelled_otherwise_in_epjson_is_refused_at_the_door(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=ADVICE.format("FullDesign")):
        check(tmp_path, epjson(G_Function_Calculation_METHOD="FullDesign"))


@pytest.mark.parametrize(
    ("text", "engine"),
    [
        (idf("UHFCALC"), ENGINE_VERSION),
        (idf(""), ENGINE_VERSION),
        (idf("UBHWTcalc", factors="Given"), ENGINE_VERSION),
        # Built into earlier versions.
        (idf("UBHWTcalc", version="23.2"), EARLIER),
    ],
)
def test_a_method_that_runs_no_program_is_taken(text: str, engine: str, tmp_path: Path) -> None:
    assert check(tmp_path, text) == engine


def test_a_parameter_cannot_choose_the_program(tmp_path: Path) -> None:
    parameter = Parameter("GroundHeatExchanger:System", "*", "g-Function Calculation Method", "set", "FullDesign")

    with pytest.raises(PreparationError, match=ADVICE.format("FullDesign")):
        prepared(tmp_path, idf("UHFcalc"), parameter)


@pytest.mark.parametrize(
    "text",
    ["Version,25.2;\nZone,{};\n", '{{"Version": {{"v": {{"version_identifier": "25.2"}}}}, "Zone": {{"{}": {{}}}}}}'],
)
def test_a_name_that_nobody_can_read_is_refused(text: str, tmp_path: Path) -> None:
    assert check(tmp_path, text.format("x" * 1000)) == ENGINE_VERSION

    with pytest.raises(Rejected, match=r"Zone 'x+' has a name of 1001 characters; 1000 are allowed"):
        check(tmp_path, text.format("x" * 1001))
