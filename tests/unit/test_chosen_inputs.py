"""Parameters that vary an input: which model and weather file each variant has."""

from pathlib import Path
from typing import NoReturn

import pytest

from api_service.http.spool import Spooled
from api_service.submission import spec
from api_service.submission.accept import Submission, request_faults
from api_service.submission.chosen_inputs import CROSSED, ChosenInputs, choose_inputs
from api_service.submission.expand import CheckedModel, draw, expand
from api_service.submission.inputs import Candidate
from shared.energyplus.modes import INPUT
from shared.energyplus.preparation.prepare import Preparation
from shared.enums import InputRole
from shared.request import preparation
from shared.settings import Settings
from shared.spec import ParameterSpec, SamplingSpec, StudySpec

MODELS = [CheckedModel("m", "25.2.0"), CheckedModel("n", "23.2.0")]
WEATHER = ["v", "w"]
LIGHTS = ParameterSpec("lights", "Lights", "x", (1, 2))
MODEL = ParameterSpec("size", values=("n", "m"), mode=INPUT, input="model")
CITY = ParameterSpec("city", values=("w", "v"), mode=INPUT, input="weather")


def chosen(*parameters: ParameterSpec, method: str = "grid") -> ChosenInputs:
    return choose_inputs(parameters, draw(parameters, SamplingSpec(method)))


def runs(variants: int, inputs: ChosenInputs, *, baseline: bool = False) -> list[tuple[str, str, str, int | None]]:
    made = list(expand(MODELS, WEATHER, variants, inputs, baseline=baseline))
    assert len(made) == inputs.count_runs(len(MODELS), len(WEATHER), variants, baseline=baseline)
    return [(run.model, run.weather, run.engine, run.variant) for run in made]


def test_without_such_parameters_all_files_are_crossed() -> None:
    assert chosen(LIGHTS) == CROSSED
    assert len(runs(2, CROSSED, baseline=True)) == 12


def test_the_engine_is_that_of_the_variants_model() -> None:
    assert runs(2, chosen(MODEL)) == [
        *(("n", "v", "23.2.0", 0), ("m", "v", "25.2.0", 1)),
        *(("n", "w", "23.2.0", 0), ("m", "w", "25.2.0", 1)),
    ]


@pytest.mark.parametrize(("parameters", "baselines"), [((CITY,), 4), ((MODEL, CITY), 4), ((LIGHTS, MODEL), 4)])
def test_each_pair_that_runs_has_one_baseline_in_the_order_of_the_files(
    parameters: tuple[ParameterSpec, ...], baselines: int
) -> None:
    variants = 2 ** len(parameters)
    made = runs(variants, chosen(*parameters), baseline=True)

    first = [(model, weather) for model, weather, _, variant in made if variant is None]
    assert first == [(model, weather) for model in ("m", "n") for weather in ("v", "w")]
    assert len(first) == baselines
    assert {run[:2] for run in made[baselines:]} == set(first)


def test_pairs_that_never_run_have_no_baseline() -> None:
    together = [ParameterSpec(p.name, values=p.values, mode=INPUT, input=p.input, group="g") for p in (MODEL, CITY)]

    assert runs(2, chosen(*together), baseline=True) == [
        *(("m", "v", "25.2.0", None), ("n", "w", "23.2.0", None)),
        *(("n", "w", "23.2.0", 0), ("m", "v", "25.2.0", 1)),
    ]


def test_a_variant_without_a_value_has_the_first_file() -> None:
    inputs = chosen(LIGHTS, CITY, method="one_at_a_time")

    assert [inputs.of(variant).weather for variant in range(4)] == ["w", "w", "w", "v"]


def test_an_input_file_changes_nothing_in_the_model_and_is_stored_as_what_it_is() -> None:
    city = ParameterSpec("city", values=("a.epw",), mode=INPUT, input="weather")
    written = city.to_json()

    assert written == {
        "name": "city",
        "values": ("a.epw",),
        "mode": "input",
        "input": "weather",
        "range": None,
        "group": None,
    }
    assert StudySpec.from_json({"parameters": [written]}).parameters == (city,)
    assert preparation(StudySpec(parameters=(city,)), {"city": "a.epw"}) == Preparation()


@pytest.mark.parametrize("is_with_baseline", [True, False])
def test_too_many_runs_are_refused_before_a_variant_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_with_baseline: bool
) -> None:
    def refuse(*_: object) -> NoReturn:
        raise AssertionError("drawn")

    settings = Settings().model_copy(update={"max_runs": 10})
    document = {
        "parameters": [
            {"name": "city", "input": "weather", "values": ["v.epw", "w.epw"]},
            {"name": "axis", "object": "Building", "field": "North Axis", "range": [0, 90]},
        ],
        "sampling": {"method": "random", "count": 8, "seed": 1},
        "baseline": is_with_baseline,
    }
    files = [(InputRole.MODEL, name) for name in ("m", "n")] + [
        (InputRole.WEATHER, name) for name in ("v.epw", "w.epw")
    ]
    candidates = [Candidate(role, role.value, Spooled(name, tmp_path / name, name, 1)) for role, name in files]
    monkeypatch.setattr(spec, "draw", refuse)

    faults = request_faults(settings, Submission("anna", spec.read_spec(document, settings), candidates))

    shown = "more than 16 runs, and 10 are" if is_with_baseline else "16 runs, more than the 10 that are"
    assert shown in next(fault.message for fault in faults if not fault.field)
