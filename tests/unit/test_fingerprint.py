"""A fingerprint covers all that can change a result, and no name that cannot."""

from dataclasses import replace
from pathlib import Path

import pytest

from shared.energyplus.assemblies.assembly import Assembly, AssemblyLayer
from shared.energyplus.installation import Engine
from shared.energyplus.preparation.prepare import MeasureRequest, Output, Parameter, Preparation
from shared.fingerprint import OF_THE_MODEL, RunInputs, fingerprint, maker_of
from shared.request import preparation
from shared.spec import OutputSpec, ParameterSpec, StudySpec
from sim_worker.attempt import conclusion, files, public_text
from sim_worker.attempt.reuse import maker
from sim_worker.engine import execute

INPUTS = RunInputs("office.idf", "m" * 64, "w" * 64, {"chicago.ddy": "d" * 64, "people.csv": "p" * 64})
LIGHTS = Parameter("Lights", "*", "Watts per Floor Area", "scale", 0.5)
NORTH = Parameter("Building", "*", "North Axis", "set", 10)
FANS = MeasureRequest("fan_efficiency", 0.7, {"motor": True})
WALL = Assembly("1", "wall", "Brick", "a", (AssemblyLayer("brick", "Material", {"thickness": 0.1}),))
ASKED = Preparation(True, (LIGHTS, NORTH, FANS), (WALL,), (), "chicago.ddy")
ENGINE = Engine("25.2.0", "abc", Path("/e/energyplus"), Path("/e"), None)


def physics(inputs: RunInputs = INPUTS, asked: Preparation = ASKED) -> str:
    return fingerprint(inputs, asked, "maker").physics


@pytest.mark.parametrize(
    "inputs",
    [
        replace(INPUTS, model="n" * 64),
        replace(INPUTS, model_name="office.epJSON"),
        replace(INPUTS, weather="x" * 64),
        replace(INPUTS, files={**INPUTS.files, "people.csv": "q" * 64}),
        replace(INPUTS, files={"chicago.ddy": "d" * 64, "other.csv": "p" * 64}),
        replace(INPUTS, files={**INPUTS.files, "more.csv": "p" * 64}),
    ],
)
def test_every_input_file_counts(inputs: RunInputs) -> None:
    assert physics(inputs) != physics()


@pytest.mark.parametrize(
    "asked",
    [
        replace(ASKED, annual=False),
        replace(ASKED, annual=None),
        replace(ASKED, ddy=None),
        replace(ASKED, parameters=(NORTH, LIGHTS, FANS)),
        replace(ASKED, parameters=(LIGHTS, NORTH)),
        *(
            replace(ASKED, parameters=(changed, NORTH, FANS))
            for changed in (
                replace(LIGHTS, object="ElectricEquipment"),
                replace(LIGHTS, name="Office*"),
                replace(LIGHTS, field="Fraction Radiant"),
                replace(LIGHTS, mode="set"),
                replace(LIGHTS, value=0.5000000000000001),
            )
        ),
        # Written into the model as it is given.
        replace(ASKED, parameters=(LIGHTS, replace(NORTH, value=10.0), FANS)),
        *(
            replace(ASKED, parameters=(LIGHTS, NORTH, changed))
            for changed in (
                replace(FANS, measure="lighting"),
                replace(FANS, value=0.8),
                replace(FANS, options={"motor": False}),
            )
        ),
        replace(ASKED, assemblies=()),
        replace(ASKED, assemblies=(replace(WALL, u_value=1.0),)),
        replace(ASKED, assemblies=(replace(WALL, layers=(replace(WALL.layers[0], fields={"thickness": 0.2}),)),)),
    ],
)
def test_everything_that_is_asked_counts(asked: Preparation) -> None:
    assert physics(asked=asked) != physics()


def test_names_that_no_result_has_do_not_count() -> None:
    parameter = ParameterSpec("lights", "Lights", "Watts per Floor Area", (1, 2))
    one = StudySpec(annual=True, parameters=(parameter,), reuse=True, hard_limit_seconds=1.0)
    other = StudySpec(annual=True, parameters=(replace(parameter, name="x", values=(2,)),), max_attempts=2)

    assert physics(asked=preparation(one, {"lights": 2})) == physics(asked=preparation(other, {"x": 2}))
    assert physics(replace(INPUTS, model_name="renamed.IDF")) == physics()
    assert physics(replace(INPUTS, files=dict(reversed(list(INPUTS.files.items()))))) == physics()


def test_a_baseline_is_the_twin_of_a_model_without_parameters() -> None:
    varied = StudySpec(parameters=(ParameterSpec("lights", "Lights", "Watts per Floor Area", (1, 2)),), baseline=True)

    assert physics(asked=preparation(varied, {})) == physics(asked=preparation(StudySpec(), {}))


def test_series_are_apart() -> None:
    daily = Output("Zone Mean Air Temperature", "*", "Daily")
    found = {
        outputs: fingerprint(INPUTS, replace(ASKED, outputs=outputs), "maker")
        for outputs in (None, (), (daily,), (daily, replace(daily, frequency="Hourly")), (replace(daily, key="A"),))
    }

    assert {one.physics for one in found.values()} == {physics()}
    assert found[None].outputs == {OF_THE_MODEL}
    assert found[()].outputs == frozenset()
    of_one = found[daily,].outputs
    assert [of_one <= one.outputs for one in found.values()] == [False, False, True, True, False]


def test_specs_and_preparations_name_series_alike() -> None:
    series = OutputSpec("Zone Mean Air Temperature", frequency="Daily")

    asked = preparation(StudySpec(outputs=(series,)), {})

    daily = (Output("Zone Mean Air Temperature", "*", "Daily"),)
    assert fingerprint(INPUTS, asked, "").outputs == fingerprint(INPUTS, Preparation(outputs=daily), "").outputs


def test_engine_code_and_machine_make_the_maker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "code.py").write_text("1")
    found = {maker_of(ENGINE, tmp_path), maker_of(ENGINE)}
    found |= {maker_of(replace(ENGINE, version="24.1.0"), tmp_path), maker_of(replace(ENGINE, build="x"), tmp_path)}
    (tmp_path / "code.py").write_text("2")
    found.add(maker_of(ENGINE, tmp_path))
    monkeypatch.setattr("shared.fingerprint.checks_fingerprint", lambda: "newer")
    found.add(maker_of(ENGINE, tmp_path))
    monkeypatch.setattr("platform.machine", lambda: "other")
    found.add(maker_of(ENGINE, tmp_path))

    assert len(found) == 7
    assert maker_of(replace(ENGINE, directory=Path("/x")), tmp_path) in found


@pytest.mark.parametrize("program", ["energyplus", "libenergyplusapi.so.25.2.0", "ExpandObjects"])
def test_the_programs_of_an_installation_count_even_if_their_build_has_one_name(tmp_path: Path, program: str) -> None:
    for name in ("energyplus", "libenergyplusapi.so.25.2.0", "ExpandObjects", "readme.html"):
        (tmp_path / name).write_text("1")
    engine = replace(ENGINE, executable=tmp_path / "energyplus", directory=tmp_path)
    before = maker_of(engine)

    (tmp_path / "readme.html").write_text("other")
    assert maker_of(engine) == before
    (tmp_path / program).write_text("other")

    assert maker_of(engine) != before


def test_the_code_that_decides_which_files_and_messages_are_kept_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[Path] = []
    monkeypatch.setattr("sim_worker.attempt.reuse.maker_of", lambda _, *packages: hashed.extend(packages))

    maker(ENGINE)

    for module in (conclusion, files, public_text, execute):
        assert Path(str(module.__file__)).parent in hashed
