"""The spec as typed values: stored specs can be read, also those of older and newer versions."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_service.submission.spec import read_spec
from shared.energyplus.assemblies.assembly import Assembly, AssemblyLayer
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.frequencies import FREQUENCIES
from shared.energyplus.modes import ASSEMBLY, MEASURE, MODES
from shared.energyplus.preparation.prepare import MeasureRequest, Output, Parameter, Preparation, prepare
from shared.request import preparation
from shared.settings import Settings
from shared.spec import OriginSpec, OutputSpec, ParameterSpec, SamplingSpec, StudySpec
from shared.study import METHODS
from tests.models import ENGINE_VERSION, SMALL_OFFICE

words = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
numbers = st.floats(allow_nan=False, allow_infinity=False)
parameters = st.builds(
    ParameterSpec,
    name=words,
    object=words,
    field=words,
    values=st.lists(numbers | words, min_size=1, max_size=4).map(tuple),
    match=words,
    mode=st.sampled_from(MODES),
    range=st.none() | st.tuples(numbers, numbers),
    group=st.none() | words,
)
measures = st.builds(
    ParameterSpec,
    name=words,
    values=st.lists(numbers, min_size=1, max_size=4).map(tuple),
    mode=st.just(MEASURE),
    measure=words,
    options=st.dictionaries(words, st.booleans() | numbers | words, max_size=2),
)
assemblies = st.builds(
    Assembly,
    element=words,
    label=words,
    layers=st.lists(
        st.builds(AssemblyLayer, class_name=words, fields=st.dictionaries(words, numbers | words, max_size=2)),
        max_size=2,
    ).map(tuple),
    u_value=st.none() | numbers,
    gwp=numbers,
)
outputs = st.builds(OutputSpec, variable=words, key=words, frequency=st.sampled_from(FREQUENCIES))
specs = st.builds(
    StudySpec,
    annual=st.none() | st.booleans(),
    outputs=st.none() | st.lists(outputs, max_size=3).map(tuple),
    parameters=st.lists(parameters | measures, max_size=3).map(tuple),
    sampling=st.builds(
        SamplingSpec,
        method=st.sampled_from(sorted(METHODS)),
        count=st.none() | st.integers(1, 99),
        seed=st.none() | st.integers(0, 99),
        second_order=st.booleans(),
    ),
    baseline=st.booleans(),
    reuse=st.booleans(),
    soft_limit_seconds=numbers,
    hard_limit_seconds=numbers,
    max_attempts=st.integers(1, 9),
    engines=st.lists(words, max_size=2).map(tuple),
    assemblies=st.lists(assemblies, max_size=2).map(tuple),
    scenario=st.none() | st.builds(OriginSpec, id=words, name=words),
    profile=words,
)

#: A spec without `sampling`, as stored by an older version, which its workers can still read.
BEFORE: dict[str, Any] = {
    "annual": True,
    "outputs": [{"variable": "Zone Mean Air Temperature", "key": "*", "frequency": "Hourly"}],
    "parameters": [
        {
            "name": "lights",
            "object": "Lights",
            "match": "*",
            "field": "Watts per Floor Area",
            "mode": "scale",
            "values": [1, 2],
        }
    ],
    "reuse": False,
    "limits": {"soft_seconds": 3300.0, "hard_seconds": 3600.0},
    "max_attempts": 3,
    "engines": ["25.2.0"],
}


@given(specs)
def test_a_stored_spec_is_restored(spec: StudySpec) -> None:
    assert StudySpec.from_json(spec.to_json()) == spec


def test_a_spec_of_an_older_version_is_read_and_written_with_the_same_keys() -> None:
    spec = StudySpec.from_json(BEFORE)

    assert spec.parameters == (ParameterSpec("lights", "Lights", "Watts per Floor Area", (1, 2), "*", "scale"),)
    written = spec.to_json()
    assert written.pop("sampling") == {"method": "grid", "count": None, "seed": None, "second_order": False}
    assert (written.pop("assemblies"), written.pop("scenario"), written.pop("baseline")) == ([], None, False)
    assert (written.pop("stop_after_failures"), written.pop("depends_on")) == (None, None)
    assert written.pop("profile") == "as_authored"
    (parameter,) = written.pop("parameters")
    assert (parameter.pop("range"), parameter.pop("group")) == (None, None)
    assert [{**parameter, "values": list(parameter["values"])}] == BEFORE["parameters"]
    assert written == {name: value for name, value in BEFORE.items() if name != "parameters"}


def test_unknown_fields_of_a_newer_version_are_ignored() -> None:
    newer = BEFORE | {"colour": "red", "sampling": {"method": "grid", "levels": 7}}
    newer["outputs"] = [{**BEFORE["outputs"][0], "resolution": 1}]

    assert StudySpec.from_json(newer) == StudySpec.from_json(BEFORE)


def test_an_empty_spec_has_the_defaults() -> None:
    assert StudySpec.from_json({}) == StudySpec()


@pytest.mark.parametrize("missing", ["name", "object", "match", "field", "mode", "values"])
def test_a_key_of_a_parameter_that_is_missing_takes_its_default(missing: str) -> None:
    stored = BEFORE | {"parameters": [{k: v for k, v in BEFORE["parameters"][0].items() if k != missing}]}

    (parameter,) = StudySpec.from_json(stored).parameters

    assert getattr(parameter, missing) == getattr(ParameterSpec(), missing)


@pytest.mark.parametrize("missing", ["variable", "key", "frequency"])
def test_a_key_of_an_output_that_is_missing_takes_its_default(missing: str) -> None:
    stored = BEFORE | {"outputs": [{k: v for k, v in BEFORE["outputs"][0].items() if k != missing}]}

    (output,) = StudySpec.from_json(stored).outputs or ()

    assert getattr(output, missing) == getattr(OutputSpec(), missing)


@pytest.mark.parametrize(
    ("values", "applied"),
    [({"lights": 2}, (Parameter("Lights", "*", "Watts per Floor Area", "scale", 2),)), ({}, ())],
)
def test_only_parameters_with_a_value_are_applied(values: dict[str, float], applied: tuple[Parameter, ...]) -> None:
    prepared = preparation(StudySpec.from_json(BEFORE), values)

    assert prepared.parameters == applied
    assert prepared.outputs == (Output("Zone Mean Air Temperature", "*", "Hourly"),)
    assert prepared.annual is True


def test_a_run_is_asked_for_its_measures_and_fields_in_the_order_of_the_parameters() -> None:
    turned = ParameterSpec("turned", values=(0, 90), mode=MEASURE, measure="orientation", options={"deep": True})
    lights = ParameterSpec("lights", "Lights", "Lighting Level", (1,))

    for parameters in ((turned, lights), (lights, turned)):
        asked = preparation(StudySpec(parameters=parameters), {"turned": 90, "lights": 1}).parameters
        assert asked == tuple(
            MeasureRequest("orientation", 90, {"deep": True})
            if parameter is turned
            else Parameter("Lights", "*", "Lighting Level", "set", 1)
            for parameter in parameters
        )


def test_a_worker_that_knows_no_measures_refuses_one_instead_of_running_the_model_as_it_is(tmp_path: Path) -> None:
    stored = ParameterSpec("turned", values=(90,), mode=MEASURE, measure="orientation").to_json()
    assert stored == {
        "name": "turned",
        "values": (90,),
        "mode": "measure",
        "measure": "orientation",
        "options": {},
        "range": None,
        "group": None,
    }
    # What such a worker makes of it: keys that it does not know are ignored, those that are missing have their default.
    as_read = Parameter(object="", name="*", field="", mode=stored["mode"], value=90)

    with pytest.raises(PreparationError, match="There is no mode 'measure', only set, scale"):
        prepare(SMALL_OFFICE, tmp_path, Preparation(parameters=(as_read,)), version=ENGINE_VERSION)


def test_a_run_of_a_scenario_gets_the_constructions_of_its_set_alone() -> None:
    wall, roof = Assembly(element="wall", label="A"), Assembly(element="roof", label="A")
    spec = StudySpec(
        parameters=(
            ParameterSpec("wall", "wall", values=("A", "B"), mode=ASSEMBLY),
            ParameterSpec("roof", "roof", values=("A",), mode=ASSEMBLY),
        ),
        assemblies=(wall, roof),
    )

    assert preparation(spec, {"roof": "A"}) == Preparation(assemblies=(roof,))
    assert preparation(spec, {"wall": "A", "roof": "A"}).assemblies == (wall, roof)
    with pytest.raises(PreparationError, match="is not stored"):
        preparation(spec, {"wall": "B"})


@pytest.mark.parametrize("sampling", [{}, {"sampling": {}}, {"sampling": {"method": "grid"}}])
def test_a_key_of_an_older_version_is_known_again_as_long_as_nothing_new_is_asked_for(sampling: dict[str, Any]) -> None:
    asked = {name: BEFORE[name] for name in ("annual", "outputs", "parameters", "max_attempts")}
    limits = {"soft_limit_seconds": 3300.0, "hard_limit_seconds": 3600.0}
    # The default of reuse was false, and it did nothing.
    older = asked | limits | {"name": "mine", "description": "", "priority": 1, "reuse": False}

    spec = read_spec(asked | {"name": "mine", "limits": BEFORE["limits"]} | sampling, Settings())

    assert spec.reuse
    assert json.loads(json.dumps(spec.fingerprint())) == older
    assert replace(spec, reuse=False).fingerprint() != spec.fingerprint()


def test_a_key_of_the_version_before_is_known_again() -> None:
    asked = {"parameters": BEFORE["parameters"], "sampling": {"method": "one_at_a_time"}}

    fingerprint = json.loads(json.dumps(read_spec(asked, Settings()).fingerprint()))

    assert fingerprint["sampling"] == {"method": "one_at_a_time"}
    assert fingerprint["parameters"] == BEFORE["parameters"]


def test_a_drawn_seed_is_stored_and_is_no_part_of_what_was_asked_for() -> None:
    asked = {"parameters": BEFORE["parameters"], "sampling": {"method": "random", "count": 3}}

    first, second = read_spec(asked, Settings()), read_spec(asked, Settings())

    assert first.sampling.seed != second.sampling.seed
    assert first.study(()).sampling == first.sampling
    assert first.fingerprint() == second.fingerprint()
    seeded = {"parameters": BEFORE["parameters"], "sampling": {**asked["sampling"], "seed": first.sampling.seed}}
    assert list(read_spec(seeded, Settings()).variants()) == list(first.variants())
    assert read_spec(seeded, Settings()).fingerprint() != first.fingerprint()
