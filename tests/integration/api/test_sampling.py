"""The spec's `sampling`: how variants are made of the values of parameters."""

from pathlib import Path
from typing import Any

import pytest

from shared.settings import Settings
from shared.study import METHODS
from tests.integration.api.conftest import Client, running_api

LIGHTS = {"name": "lights", "object": "Lights", "field": "Watts per Floor Area", "mode": "scale", "values": [0.5, 2]}
AXIS = {"name": "axis", "object": "Building", "field": "North Axis", "values": [0, 90, 180]}


def submit(api: Client, model: bytes, weather: bytes, **spec: Any) -> Any:
    return api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec)


def variants(api: Client, simulation: dict[str, Any]) -> list[dict[str, Any]]:
    items = api.get(f"/api/v1/simulations/{simulation['id']}/runs").get_json()["items"]
    return [run["parameters"] for run in sorted(items, key=lambda run: run["index"])]


@pytest.mark.parametrize("spec", [{}, {"sampling": {}}, {"sampling": {"method": "grid"}}])
def test_without_a_method_every_combination_is_a_run(
    api: Client, model: bytes, weather: bytes, spec: dict[str, Any]
) -> None:
    answer = submit(api, model, weather, parameters=[LIGHTS, AXIS], **spec)

    assert answer.status_code == 201
    assert answer.get_json()["counts"]["total"] == 6
    assert variants(api, answer.get_json())[:2] == [{"lights": 0.5, "axis": 0}, {"lights": 0.5, "axis": 90}]


@pytest.mark.parametrize(
    ("sampling", "field"),
    [
        ({"method": "guess"}, "spec.sampling.method"),
        ({"method": 5}, "spec.sampling.method"),
        ({"method": "grid", "seed": 7}, "spec.sampling.seed"),
        ("grid", "spec.sampling"),
    ],
)
def test_what_no_method_knows_is_refused_with_its_field(
    api: Client, model: bytes, weather: bytes, sampling: object, field: str
) -> None:
    answer = submit(api, model, weather, parameters=[AXIS], sampling=sampling)

    assert answer.status_code == 422
    assert any(error["field"].startswith(field) for error in answer.get_json()["errors"])


def test_the_document_names_the_methods_that_are_registered(api: Client) -> None:
    schemas = api.get("/api/openapi.json").get_json()["components"]["schemas"]

    assert schemas["Sampling"]["properties"]["method"]["enum"] == list(METHODS)


def test_one_at_a_time_gives_each_run_a_value_of_one_parameter(api: Client, model: bytes, weather: bytes) -> None:
    answer = submit(api, model, weather, parameters=[LIGHTS, AXIS], sampling={"method": "one_at_a_time"})

    assert answer.get_json()["counts"]["total"] == 5
    assert variants(api, answer.get_json()) == [
        {"lights": 0.5},
        {"lights": 2},
        {"axis": 0},
        {"axis": 90},
        {"axis": 180},
    ]


def test_one_at_a_time_without_parameters_makes_no_run_and_is_refused(
    api: Client, model: bytes, weather: bytes
) -> None:
    answer = submit(api, model, weather, sampling={"method": "one_at_a_time"})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == ["spec.sampling.method"]


@pytest.mark.parametrize("limit", ["max_runs", "owner_queued_runs"])
def test_limits_count_the_runs_that_the_method_makes(
    limit: str, settings: Settings, tmp_path: Path, model: bytes, weather: bytes
) -> None:
    with running_api(settings.model_copy(update={limit: 5}), tmp_path / "limited") as api:
        grid = submit(api, model, weather, parameters=[LIGHTS, AXIS])
        left = api.count_rows()
        one_by_one = submit(api, model, weather, parameters=[LIGHTS, AXIS], sampling={"method": "one_at_a_time"})

        assert (grid.status_code, one_by_one.status_code) == (422, 201)
        assert "6 runs" in grid.get_json()["detail"]
        assert set(left.values()) == {0}
        assert api.count_rows()["runs"] == 5


def test_more_combinations_than_could_ever_be_made_are_counted_and_refused(
    api: Client, model: bytes, weather: bytes
) -> None:
    many = [{**AXIS, "name": f"axis{index}", "values": list(range(10))} for index in range(50)]

    answer = submit(api, model, weather, parameters=many)

    assert answer.status_code == 422
    assert f"{10**50} runs" in answer.get_json()["detail"]
    assert submit(api, model, weather, parameters=many[:3], sampling={"method": "one_at_a_time"}).status_code == 201


def test_another_method_is_another_submission_and_the_default_by_its_name_is_the_same(
    api: Client, model: bytes, weather: bytes
) -> None:
    def with_key(**spec: Any) -> Any:
        asked = {"parameters": [LIGHTS, AXIS], **spec}
        return api.submit([("a.idf", model)], [("b.epw", weather)], spec=asked, headers={"Idempotency-Key": "once"})

    first, by_name = with_key(), with_key(sampling={"method": "grid"})
    another = with_key(sampling={"method": "one_at_a_time"})

    assert by_name.get_json()["id"] == first.get_json()["id"]
    assert by_name.headers["Idempotency-Replayed"] == "true"
    assert another.status_code == 422
    assert [error["field"] for error in another.get_json()["errors"]] == ["Idempotency-Key"]
