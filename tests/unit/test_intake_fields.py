"""Values of a model's fields at the door: what EnergyPlus's schema does not allow is refused, with field and line."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.intake import Rejected, check_model, fields
from tests.schema_cases import ACCEPTED, BUILDING, LIGHTS, REFUSED


def check(directory: Path, text: str | Mapping[str, Any], engine: str = "25.2.0") -> None:
    path = directory / "model"
    path.write_text(text if isinstance(text, str) else json.dumps(text))
    check_model(path, "a.idf" if isinstance(text, str) else "a.epJSON", versions=[engine])


@pytest.mark.parametrize(("old", "new", "said"), REFUSED)
@pytest.mark.parametrize("version_first", [True, False])
def test_a_value_that_the_schema_does_not_allow_is_refused(
    tmp_path: Path, old: str, new: str, said: str, version_first: bool
) -> None:
    objects = f"{BUILDING}\n{LIGHTS}\n".replace(old, new)

    with pytest.raises(Rejected) as refused:
        check(tmp_path, f"Version,25.2;\n{objects}" if version_first else f"\n{objects}Version,25.2;\n")

    assert said in str(refused.value)


@pytest.mark.parametrize(("old", "new"), ACCEPTED)
def test_what_energyplus_takes_is_taken(tmp_path: Path, old: str, new: str) -> None:
    check(tmp_path, f"Version,25.2;\n{BUILDING}\n{LIGHTS}\n".replace(old, new))


def test_limits_are_read_from_schemas_of_older_engines(tmp_path: Path) -> None:
    # Until 9.5 the schema had `exclusiveMinimum: true` beside the minimum.
    with pytest.raises(Rejected, match=r"loads_convergence_tolerance_value: 0 is out of range; it must be above 0 "):
        check(tmp_path, f"Version,9.4;\n{BUILDING}\n".replace("0.04", "0"), "9.4.0")
    check(tmp_path, f"Version,9.4;\n{BUILDING}\n", "9.4.0")


def test_what_only_expandobjects_reads_is_not_checked(tmp_path: Path) -> None:
    check(tmp_path, "Version,25.2;\nHVACTemplate:Thermostat,T,,many;")


def test_run_periods_of_one_name_are_taken_because_a_year_replaces_them(tmp_path: Path) -> None:
    check(tmp_path, "Version,25.2;\nRunPeriod,P,1,1,,1,7;\nRunPeriod,P,7,1,,7,7;")


def test_every_fault_of_a_model_is_named_up_to_a_limit(tmp_path: Path) -> None:
    with pytest.raises(Rejected) as refused:
        check(tmp_path, "Version,25.2;\n" + "\n".join(f"Lights,L{n},Z,S,Watts/Aera,,nine;" for n in range(50)))

    assert len(refused.value.findings) == 20
    assert [finding.line for finding in refused.value.findings[:3]] == [2, 2, 3]


def test_the_faults_of_one_object_are_sought_up_to_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sought: list[str] = []

    def seek(name: str, *_: object, **__: object) -> str:
        sought.append(name)
        return ""

    monkeypatch.setattr(fields, "suggestion", seek)

    with pytest.raises(Rejected):
        check(
            tmp_path,
            {"Version": {"V": {"version_identifier": "25.2"}}, "Lights": {"L": {f"f{n}": 1 for n in range(1000)}}},
        )

    assert len(sought) <= 20


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fraction_radiant": 1.4}, "Lights 'L': fraction_radiant: 1.4 is out of range"),
        ({"fraction_radiant": "0.4"}, "fraction_radiant: '0.4' is a text, and the field takes numbers"),
        ({"fraction_radiant": None}, "fraction_radiant: None is neither a number nor a text"),
        ({"fraction_radiant": True}, "fraction_radiant: True is neither a number nor a text"),
        ({"fraction_radient": 0.4}, "there is no field 'fraction_radient'; did you mean fraction_radiant?"),
        ({"schedule_name": ""}, "schedule_name is required, and has no value"),
    ],
)
def test_the_fields_of_epjson_are_checked(tmp_path: Path, given: Mapping[str, Any], said: str) -> None:
    needed = {"zone_or_zonelist_or_space_or_spacelist_name": "Z", "schedule_name": "S"}

    with pytest.raises(Rejected) as refused:
        check(tmp_path, {"Lights": {"L": {**needed, **given}}, "Version": {"V": {"version_identifier": "25.2"}}})

    assert said in str(refused.value)


def test_the_groups_of_epjson_are_checked(tmp_path: Path) -> None:
    vertices = [{"vertex_x_coordinate": 0, "vertex_y_coordinate": 0, "vertex_z_coord": 0}]

    with pytest.raises(Rejected) as refused:
        check(
            tmp_path,
            {
                "Version": {"V": {"version_identifier": "25.2"}},
                "Shading:Site:Detailed": {"S": {"vertices": vertices, "number_of_vertices": 3}},
            },
        )

    assert "vertices 1: there is no field 'vertex_z_coord'; did you mean vertex_z_coordinate?" in str(refused.value)
