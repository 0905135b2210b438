"""Names of objects that a model does not have: warnings with object, field, line and the nearest name."""

import json
from pathlib import Path

import pytest

from shared.energyplus.findings import Finding
from shared.energyplus.intake import check_model, references
from tests.models import SMALL_OFFICE, doe_models

LIGHTS = "Lights,L,{zone},{schedule},LightingLevel,9;"
OBJECTS = ("Version,25.2;", "Zone,Core;", "Schedule:Constant,Always On,,1;", "ZoneList,All,Core;")


def warnings(directory: Path, *objects: str, suffix: str = ".idf") -> tuple[Finding, ...]:
    path = directory / f"model{suffix}"
    path.write_text("\n".join(objects))
    return check_model(path, path.name, versions=["25.2.0"], warn=True).warnings


@pytest.mark.parametrize("version_first", [True, False])
def test_a_name_that_no_object_has_is_told_with_the_nearest(tmp_path: Path, version_first: bool) -> None:
    objects = [*OBJECTS, LIGHTS.format(zone="Core", schedule="Allways On")]
    if not version_first:
        objects = [*objects[1:-1], objects[0], objects[-1]]

    assert warnings(tmp_path, *objects) == (
        Finding(
            "line 5: Lights 'L': schedule_name: the model has no object 'Allways On'; did you mean Always On?", line=5
        ),
    )


@pytest.mark.parametrize("zone", ["Core", "CORE", "all"])
def test_names_are_found_in_any_case_and_in_each_list_of_the_field(tmp_path: Path, zone: str) -> None:
    # Objects may come behind those that refer to them.
    assert warnings(tmp_path, OBJECTS[0], LIGHTS.format(zone=zone, schedule="always on"), *OBJECTS[1:]) == ()


def test_repeated_fields_and_epjson_are_looked_at(tmp_path: Path) -> None:
    (of_list,) = warnings(tmp_path, *OBJECTS, "ZoneList,Both,Core,Corridor;")
    assert "zone_name: the model has no object 'Corridor'" in of_list.message

    zones = [{"zone_name": "Core"}, {"zone_name": "Cora"}]
    model = {
        "Version": {"V": {"version_identifier": "25.2"}},
        "Zone": {"Core": {}},
        "ZoneList": {"B": {"zones": zones}},
    }
    (of_json,) = warnings(tmp_path, json.dumps(model), suffix=".epJSON")
    assert "ZoneList 'B': zone_name: the model has no object 'Cora'; did you mean Core?" in of_json.message


def test_one_name_is_told_once_and_not_more_than_a_limit(tmp_path: Path) -> None:
    lamp = LIGHTS.format(zone="Core", schedule="Never")
    assert len(warnings(tmp_path, *OBJECTS, lamp, lamp.replace(",L,", ",M,"))) == 1

    many = (LIGHTS.format(zone="Core", schedule=f"Schedule {n}").replace(",L,", f",{n},") for n in range(50))
    assert len(warnings(tmp_path, *OBJECTS, *many)) == 20


def test_what_templates_will_be_replaced_by_may_have_any_name(tmp_path: Path) -> None:
    template = "HVACTemplate:Thermostat,T,,20,,26;"

    assert warnings(tmp_path, *OBJECTS, LIGHTS.format(zone="Core", schedule="Never"), template) == ()


@pytest.mark.parametrize("space", ["  ", "Core", "CORE-Remainder"])
def test_blank_names_and_those_that_energyplus_makes_are_no_fault(tmp_path: Path, space: str) -> None:
    ceiling = {"construction_name": "C", "zone_name": "Core", "space_name": space}
    model = {
        "Version": {"V": {"version_identifier": "25.2"}},
        "Zone": {"Core": {}},
        "Material:NoMass": {"M": {"roughness": "Rough", "thermal_resistance": 1}},
        "Construction": {"C": {"outside_layer": "M"}},
        "Ceiling:Adiabatic": {"W": ceiling},
    }

    assert warnings(tmp_path, json.dumps(model), suffix=".epJSON") == ()


def test_a_model_with_too_many_names_gets_no_warnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MAX_NAMES", 4)

    assert warnings(tmp_path, *OBJECTS, LIGHTS.format(zone="Core", schedule="Never")) == ()


def test_a_name_is_compared_with_a_limited_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "MAX_COMPARED", 0)

    (found,) = warnings(tmp_path, *OBJECTS, LIGHTS.format(zone="Core", schedule="Allways On"))
    assert "did you mean" not in found.message


@pytest.mark.parametrize("place", range(0, 32, 8))
def test_models_of_doe_refer_to_their_objects_only(place: int) -> None:
    model = doe_models()[place]

    assert check_model(model, model.name, versions=["25.2.0"], warn=True).warnings == ()


def test_only_a_preview_has_warnings(tmp_path: Path) -> None:
    path = tmp_path / "model.idf"
    path.write_text("Version,25.2;" + LIGHTS.format(zone="Core", schedule="Never"))

    assert check_model(path, path.name, versions=["25.2.0"]).warnings == ()


def test_the_sample_office_refers_to_its_objects_only() -> None:
    assert check_model(SMALL_OFFICE, SMALL_OFFICE.name, versions=["25.2.0"], warn=True).warnings == ()
