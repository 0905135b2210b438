"""The models as they are, besides their variants."""

import json
from typing import Any

import pytest

from tests.integration.api.conftest import Client
from tests.integration.api.faults import faults

AXIS = {"name": "axis", "object": "Building", "field": "North Axis", "values": [0, 90]}


def send(api: Client, model: bytes, weather: bytes, path: str = "", **spec: Any) -> Any:
    files = {"models": [("a.idf", model), ("b.idf", model)], "weather": [("w.epw", weather)]}
    return api.form(f"/api/v1/simulations{path}", files, {"spec": json.dumps(spec)})


def test_each_model_runs_as_it_is_before_its_variants(api: Client, model: bytes, weather: bytes) -> None:
    answer = send(api, model, weather, parameters=[AXIS], baseline=True)

    assert answer.status_code == 201, answer.text
    simulation = answer.get_json()
    assert (simulation["counts"]["total"], simulation["spec"]["baseline"]) == (6, True)
    assert [
        (run["index"], run["model"], run["is_baseline"], run["parameters"]) for run in api.runs(simulation["id"])
    ] == [
        (0, "a.idf", True, {}),
        (1, "b.idf", True, {}),
        (2, "a.idf", False, {"axis": 0}),
        (3, "a.idf", False, {"axis": 90}),
        (4, "b.idf", False, {"axis": 0}),
        (5, "b.idf", False, {"axis": 90}),
    ]
    first = api.get(f"/api/v1/simulations/{simulation['id']}/runs?limit=1").get_json()["items"][0]
    assert (first["is_baseline"], api.get(first["links"]["self"]).get_json()["is_baseline"]) == (True, True)


def test_a_dry_run_counts_the_models_as_they_are(api: Client, model: bytes, weather: bytes) -> None:
    said = send(api, model, weather, "?dry_run=true", parameters=[AXIS], baseline=True).get_json()

    assert said["count"] == 6


@pytest.mark.parametrize("spec", [{}, {"parameters": [AXIS]}], ids=["no parameters", "parameters"])
def test_without_being_asked_no_run_is_a_baseline(
    api: Client, model: bytes, weather: bytes, spec: dict[str, Any]
) -> None:
    simulation = send(api, model, weather, **spec).get_json()

    assert not any(run["is_baseline"] for run in api.runs(simulation["id"]))


def test_a_baseline_needs_variants(api: Client, model: bytes, weather: bytes) -> None:
    answer = send(api, model, weather, baseline=True)

    assert answer.status_code == 422
    assert "needs parameters" in faults(answer)["spec.baseline"]


def test_the_same_key_with_and_without_a_baseline_is_refused(api: Client, model: bytes, weather: bytes) -> None:
    files = {"models": [("a.idf", model)], "weather": [("w.epw", weather)]}
    key = {"Idempotency-Key": "baseline"}
    spec = {"parameters": [AXIS]}

    first = api.form("/api/v1/simulations", files, {"spec": json.dumps(spec)}, headers=key)
    other = api.form("/api/v1/simulations", files, {"spec": json.dumps({**spec, "baseline": True})}, headers=key)
    again = api.form("/api/v1/simulations", files, {"spec": json.dumps({**spec, "baseline": False})}, headers=key)

    assert (first.status_code, other.status_code) == (201, 422), other.text
    assert again.get_json()["id"] == first.get_json()["id"]


def test_the_old_page_has_the_places_of_models_that_variants_choose(api: Client, model: bytes, weather: bytes) -> None:
    sizes = {"name": "size", "input": "model", "values": ["b.idf", "a.idf"]}
    files = {"models": [("a.idf", model), ("b.idf", model)], "weather": [("w.epw", weather)]}
    text = json.dumps({"parameters": [AXIS, sizes], "baseline": True})
    simulation = api.form("/api/v1/simulations", files, {"spec": text}).get_json()["id"]
    for run in api.runs(simulation):
        api.succeed(run)

    items = api.get(f"/api/simulation/{simulation}/results/").get_json()

    places = [(item["file_name"], item["idf_idx"], item["variant_idx"]) for item in items]
    assert places == [
        *(("a.idf", 0, None), ("b.idf", 1, None)),
        *(("b.idf", 1, 0), ("a.idf", 0, 1), ("b.idf", 1, 2), ("a.idf", 0, 3)),
    ]
