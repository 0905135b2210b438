"""What preparation leaves of a model's own text, and what it takes for text at all."""

import json
from pathlib import Path

import pytest

from shared.energyplus.preparation.prepare import Parameter, Preparation, PreparationError, Prepared, prepare
from tests.models import ENGINE_VERSION, SMALL_OFFICE, doe_model

MODEL = """\
! A model by hand
Version, 25.2;

  RunPeriod,
    July,                !- Name
    7, 1, ,              !- Begin
    7, 31, ,             !- End
    Tuesday;             !- Day of Week; a comment with ; and , in it

Zone, Café;
Lights, Café lights, Café, Always, Watts/Area, , 10;
"""


def prepared(
    directory: Path, model: str | bytes, request: Preparation | None = None, suffix: str = ".idf"
) -> tuple[Prepared, str]:
    path = directory / f"uploaded{suffix}"
    path.write_bytes(model if isinstance(model, bytes) else model.encode())
    work = directory / "work"
    work.mkdir()
    result = prepare(path, work, request or Preparation(), version=ENGINE_VERSION)
    return result, result.path.read_bytes().decode()


def test_what_is_not_changed_keeps_its_text(tmp_path: Path) -> None:
    _, text = prepared(tmp_path, MODEL)

    assert text.startswith(MODEL)


def test_a_large_model_keeps_its_text(tmp_path: Path) -> None:
    model = doe_model("RefBldgSmallOffice").read_text(encoding="latin-1")

    _, text = prepared(tmp_path, model)

    body, outputs = model[: model.index("  Output:")], model[model.index("  Output:") :]
    assert len(body) > 10 * len(outputs)
    assert text.startswith(body)


def test_preparing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    request = Preparation(annual=True, parameters=(Parameter("Lights", "*", "Watts per Floor Area", "scale", 1.5),))
    results = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        results.append(prepared(tmp_path / name, SMALL_OFFICE.read_bytes(), request)[1])

    assert results[0] == results[1]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_text_outside_ascii_survives_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    request = Preparation(parameters=(Parameter("Lights", "café lights", "Watts per Floor Area", "set", 12),))

    result, text = prepared(tmp_path, MODEL.encode(encoding), request)

    assert "Zone, Café;" in text
    change = "Lights 'Café lights': watts_per_floor_area changed from 10 to 12"
    assert [line for line in result.changes if not line.startswith(("Output", "Model file"))] == [change]


def test_objects_that_share_a_line_are_neither_lost_nor_doubled(tmp_path: Path) -> None:
    model = "Version,25.2; Timestep,4; Output:SQLite,Simple; Zone,A; Zone,B; ! Zone,C;\nBuilding , X ;"

    _, text = prepared(tmp_path, model)

    assert text.startswith(model.replace("Simple", "SimpleAndTabular, JtoKWH"))
    assert [text.count(f"Zone,{name};") for name in "ABC"] == [1, 1, 1]
    assert "! Zone,C;" in text


def test_windows_line_ends_are_understood(tmp_path: Path) -> None:
    result, text = prepared(tmp_path, MODEL.replace("\n", "\r\n"), Preparation(annual=True))

    assert "RunPeriod 'July': removed" in result.changes
    assert "Zone, Café;\r\n" in text


@pytest.mark.parametrize(
    ("written", "changed"),
    [
        ("Lights, L, Z, S, Watts/Area, , 10;", "Lights, L, Z, S, Watts/Area, , 5;"),
        ("Lights, L, Z, S, Watts/Area, , ;", "Lights, L, Z, S, Watts/Area, ,5 ;"),
        ("Lights, L, Z, S, Watts/Area;", "Lights, L, Z, S, Watts/Area, , 5;"),
        ("Lights, L, Z, S, Watts/Area ! last\n ;", "Lights, L, Z, S, Watts/Area, , 5 ! last\n ;"),
        ("Lights, L, Z, S, Watts/Area, ! A\n , ! B\n ;", "Lights, L, Z, S, Watts/Area, ! A\n ,5 ! B\n ;"),
        ("Lights, L, Z, S, Watts/Area, ,\n\n  ;", "Lights, L, Z, S, Watts/Area, ,5;"),
        ("Lights, L, Z, S, Watts/Area, ,\n  10\n  ;", "Lights, L, Z, S, Watts/Area, ,\n  5;"),
        ("Lights, L, Z, S, Watts/Area, , 10\n  , 0.5;", "Lights, L, Z, S, Watts/Area, , 5, 0.5;"),
        ("Lights, L, Z, S, Watts/Area, , 10 ! W/m2\n  , 0.5;", "Lights, L, Z, S, Watts/Area, , 5 ! W/m2\n  , 0.5;"),
    ],
)
def test_a_changed_field_is_on_the_line_of_its_mark_and_in_front_of_comments(
    tmp_path: Path, written: str, changed: str
) -> None:
    request = Preparation(parameters=(Parameter("Lights", "L", "Watts per Floor Area", "set", 5),))

    _, text = prepared(tmp_path, f"Version,25.2;\n{written}\n", request)

    assert text.startswith(f"Version,25.2;\n{changed}\n")


@pytest.mark.parametrize("model", [b"", b"! nothing but a comment", b"Unheard:Of, A;"])
def test_a_file_without_any_object_is_refused(tmp_path: Path, model: bytes) -> None:
    with pytest.raises(PreparationError, match=r"holds no EnergyPlus object|the file is empty") as refused:
        prepared(tmp_path, model)

    assert refused.value.code == "model_unreadable"


def test_broken_json_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PreparationError, match="cannot be read") as refused:
        prepared(tmp_path, '{"Version": ', suffix=".epJSON")

    assert refused.value.code == "model_unreadable"


def test_epjson_stays_epjson_and_keeps_its_objects_in_order(tmp_path: Path) -> None:
    model = {
        "Version": {"Version 1": {"version_identifier": "25.2"}},
        "Zone": {"Z": {}, "A": {"x_origin": 1.5}},
        "Timestep": {"Timestep 1": {"number_of_timesteps_per_hour": 4}},
    }

    result, text = prepared(tmp_path, json.dumps(model), suffix=".epJSON")

    written = json.loads(text)
    assert result.path.name == "in.epJSON"
    assert {name: written[name] for name in model} == model
    assert list(written["Zone"]) == ["Z", "A"]


@pytest.mark.parametrize("suffix", [".idf", ".epJSON"])
def test_templates_are_written_as_idf_for_expansion(tmp_path: Path, suffix: str) -> None:
    idf = "Version,25.2;\nHVACTemplate:Thermostat,T,,20,,26;\n"
    epjson = {
        "Version": {"Version 1": {"version_identifier": "25.2"}},
        "HVACTemplate:Thermostat": {"T": {"constant_heating_setpoint": 20, "constant_cooling_setpoint": 26}},
    }

    result, text = prepared(tmp_path, idf if suffix == ".idf" else json.dumps(epjson), suffix=suffix)

    assert result.needs_expansion
    assert result.path.name == "in.idf"
    assert "HVACTemplate:Thermostat," in text
    assert [path.name for path in result.path.parent.iterdir()] == ["in.idf"]


@pytest.mark.parametrize(
    ("refused", "advice"),
    [
        ("GroundHeatTransfer:Slab:Materials, 1, 0.158, 0.379, 0.9, 0.9, 0.75, 0.03, 6.13, 9.26;", "preprocessor"),
        ("PythonPlugin:Variables, Variables, x;", "EnergyManagementSystem"),
    ],
)
def test_what_no_engine_here_can_do_is_refused_with_advice(tmp_path: Path, refused: str, advice: str) -> None:
    with pytest.raises(PreparationError, match=advice) as error:
        prepared(tmp_path, MODEL + refused)

    assert error.value.code == "object_refused"
