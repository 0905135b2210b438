"""Harmful parameters and outputs of a spec with a harmless model: rejected when the model is prepared."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.preparation.prepare import Output, Parameter, Preparation, PreparationError, prepare
from tests.models import SMALL_OFFICE

FILE = "Schedule:File,S,,ok.csv,1,0,8760;"


def parameter(value: float | str, *, object: str = "Building", field: str = "Terrain") -> Preparation:  # noqa: A002
    return Preparation(parameters=(Parameter(object, "*", field, "set", value),))


def output(variable: str, key: str = "*", frequency: str = "Hourly") -> Preparation:
    return Preparation(outputs=(Output(variable, key, frequency),))


#: The request, and what the error message must say.
ASKED: dict[str, tuple[Preparation, str]] = {
    "an object in a value": (parameter("City;\n Schedule:File,X,,/etc/passwd"), "';', which no field"),
    "a field in a value": (parameter("City,1,2,3"), "',', which no field"),
    "a comment in a value": (parameter("City ! rest"), "'!', which no field"),
    "a line in a value": (parameter("City\nx"), "no field"),
    "a zero byte in a value": (parameter("City\0"), "no field"),
    "a number that is none": (parameter(float("nan"), field="North Axis"), "finite"),
    "a number without end": (parameter("1e999", field="North Axis"), "finite"),
    "a class that is none": (parameter(1, object="Zone;\nPythonPlugin:Instance"), "no EnergyPlus class"),
    "a field that is none": (parameter(1, field="x;\nPythonPlugin:Instance,P"), "no field"),
    "another file": (parameter("/etc/passwd", object="Schedule:File", field="File Name"), "plain name"),
    "another file, upwards": (parameter("..\\x", object="schedule:FILE", field="file_name"), "plain name"),
    "an object in a variable": (output("x;\n Schedule:File,X,,/etc/passwd"), "';', which no field"),
    "an object in a meter": (output("x:y;\n Schedule:File,X,,/etc/passwd"), "';', which no field"),
    "an object in a key": (output("Zone Mean Air Temperature", "*;PythonPlugin:Instance,P"), "';', which no field"),
    "an object in a frequency": (output("x", "*", "Hourly;PythonPlugin:Instance,P"), "no frequency"),
}


@pytest.mark.parametrize("what", ASKED)
@pytest.mark.parametrize("form", ["idf", "epJSON"])
def test_it_is_rejected_with_a_reason(what: str, form: str, tmp_path: Path) -> None:
    request, says = ASKED[what]
    model = tmp_path / f"model.{form}"
    model.write_text(f"{SMALL_OFFICE.read_text()}\n{FILE}\n" if form == "idf" else json.dumps(EPJSON))
    (tmp_path / "work").mkdir()

    with pytest.raises(PreparationError, match=says):
        prepare(model, tmp_path / "work", request, version="25.2.0")

    assert "passwd" not in "".join(path.read_text() for path in (tmp_path / "work").iterdir())


EPJSON: dict[str, Any] = {
    "Version": {"v": {"version_identifier": "25.2"}},
    "Building": {"b": {"terrain": "City", "north_axis": 0}},
    "Schedule:File": {"S": {"file_name": "ok.csv"}},
}


@pytest.mark.parametrize("class_name", ["PythonPlugin:Instance", "ExternalInterface", "GroundHeatTransfer:Control"])
def test_a_class_that_intake_rejects_is_rejected_again(class_name: str, tmp_path: Path) -> None:
    (tmp_path / "model.idf").write_text(f"Version,25.2;\n{class_name},P;\n")
    (tmp_path / "work").mkdir()

    with pytest.raises(PreparationError, match=class_name):
        prepare(tmp_path / "model.idf", tmp_path / "work", Preparation(), version="25.2.0")
