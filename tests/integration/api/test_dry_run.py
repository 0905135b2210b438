"""A dry run says what a submission would make and would refuse, and leaves nothing behind."""

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.integration.api.conftest import Client, Upload

DRY = "/api/v1/simulations?dry_run=true"
BROKEN = b"Version,25.2;\nExterior:Ligths,Lamp,Always On,100;\n"


def try_out(api: Client, models: list[Upload], weather: list[Upload], spec: str = "{}", **options: Any) -> TestResponse:
    fields = {"models": models, "weather": weather, "files": options.pop("files", ())}
    return api.form(DRY, fields, {"spec": spec}, **options)


@pytest.mark.usefixtures("nothing_is_left")
def test_a_dry_run_says_what_would_be_made(api: Client, model: bytes, weather: bytes) -> None:
    answer = api.form(
        DRY,
        {"models": [("a.idf", model), ("b.idf", model)], "weather": [("c.epw", weather)]},
        {"spec": '{"parameters": [{"name": "turn", "object": "Building", "field": "North Axis", "values": [0, 90]}]}'},
        headers={"Idempotency-Key": "monday"},
    )

    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert (said["count"], said["known"]) == (4, 0)
    assert said["variants"] == [{"index": 0, "parameters": {"turn": 0}}, {"index": 1, "parameters": {"turn": 90}}]
    assert [item["name"] for item in said["models"]] == ["a.idf", "b.idf"]
    first = said["models"][0]
    assert (first["version"], first["engine"], first["zones"], first["total_area_m2"]) == ("25.2", "25.2.0", 5, 300.0)
    assert first["building"]
    assert first["errors"] == []
    assert said["weather"][0]["errors"] == []
    assert said["weather"][0]["hours"] == 8760
    assert said["weather"][0]["location"]
    assert said["files"] == []
    with api.database.transaction() as connection:
        for table in ("submission_keys", "artifact_owners", "audit"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0  # noqa: S608


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize(
    ("annual", "kinds"), [("true", {"run_period"}), ("false", {"sizing_period"})], ids=["annual", "sizing"]
)
def test_the_periods_are_those_that_would_be_simulated(
    api: Client, model: bytes, weather: bytes, annual: str, kinds: set[str]
) -> None:
    said = try_out(api, [("a.idf", model)], [("c.epw", weather)], f'{{"annual": {annual}}}').get_json()

    periods = said["models"][0]["periods"]
    assert {period["kind"] for period in periods} == kinds
    if annual == "true":
        assert [(period["begin"], period["end"], period["days"]) for period in periods] == [("01-01", "12-31", 365)]


@pytest.mark.usefixtures("nothing_is_left")
def test_all_files_are_looked_at_and_their_errors_are_those_of_a_submission(
    api: Client, model: bytes, weather: bytes
) -> None:
    files = [("a.idf", model), ("broken.idf", BROKEN), ("old.idf", b"Version,9.4;\n")], [("w.epw", b"LOCATION,here\n")]
    refused = api.submit(*files, [("empty.csv", b"")]).get_json()["errors"]

    answer = try_out(api, *files, files=[("empty.csv", b"")])

    assert answer.status_code == 200
    said = answer.get_json()
    errors = {item["name"]: item["errors"] for part in ("models", "weather", "files") for item in said[part]}
    assert errors["a.idf"] == []
    assert [error["line"] for error in errors["broken.idf"]] == [2]
    assert "did you mean Exterior:Lights?" in errors["broken.idf"][0]["message"]
    found = {f"{name!r}: {error['message']}" for name, listed in errors.items() for error in listed}
    assert found == {fault["message"] for fault in refused}
    broken = said["models"][1]
    assert (broken["zones"], broken["building"], broken["periods"], broken["warnings"]) == (None, None, None, [])
    assert said["count"] == 3


@pytest.mark.usefixtures("nothing_is_left")
def test_what_a_run_would_change_is_a_warning_and_a_parameter_without_effect_an_error(
    api: Client, model: bytes, weather: bytes
) -> None:
    lights = {"name": "p", "object": "Lights", "match": "South light", "field": "Lighting Level", "values": [1]}
    areas = {"name": "q", "object": "Lights", "field": "Watts per Floor Area", "values": [1, -1]}
    turned = {"name": "r", "measure": "orientation", "values": [90]}
    spec = json.dumps({"parameters": [lights, areas, turned]})
    world = b"\xef\xbb\xbf" + model.replace(b"Relative;", b"World;")
    said = try_out(api, [("a.idf", world)], [("c.epw", weather)], spec).get_json()

    warnings = said["models"][0]["warnings"]
    assert any("byte-order mark" in warning for warning in warnings)
    assert said["models"][0]["errors"] == []
    assert said["models"][0]["parameters"] == [
        {"name": "p", "objects": None},
        {"name": "q", "objects": 5},
        {"name": "r", "objects": None},
    ]
    faults = {fault["field"]: fault["message"] for fault in said["errors"]}
    assert "no Lights named 'South light'; did you mean South lights" in faults["spec.parameters[0].match"]
    assert "-1 is out of range; it must be at least 0 W/m2" in faults["spec.parameters[1].values[1]"]
    assert "coordinate_system is World" in faults["spec.parameters[2].values[0]"]
    assert len(faults) == 3


@pytest.mark.usefixtures("nothing_is_left")
def test_a_name_that_no_object_has_is_a_warning(api: Client, model: bytes, weather: bytes) -> None:
    lights = b"\nLights,Lamp,Nowhere,Always On,LightingLevel,100;\n"

    said = try_out(api, [("a.idf", model + lights)], [("c.epw", weather)]).get_json()["models"][0]

    assert said["errors"] == []
    assert any("zone_or_zonelist_or_space_or_spacelist_name" in warning for warning in said["warnings"])


@pytest.mark.usefixtures("nothing_is_left")
def test_a_preview_is_one_of_the_model_as_it_is(api: Client, model: bytes, weather: bytes) -> None:
    spec = '{"parameters": [{"name": "m", "object": "Zone", "field": "Multiplier", "values": [10]}]}'

    said = try_out(api, [("a.idf", model)], [("c.epw", weather)], spec).get_json()["models"][0]

    assert (said["total_area_m2"], said["parameters"], said["warnings"]) == (300.0, [{"name": "m", "objects": 5}], [])


@pytest.mark.usefixtures("nothing_is_left")
@pytest.mark.parametrize(
    ("models", "spec", "field"),
    [
        (["a.idf"], '{"annual": "yes"}', "spec.annual"),
        (["a.idf"], "{", "spec"),
        (["a.idf", "a.idf"], "{}", "models"),
        ([], "{}", "models"),
        (["../a.idf"], "{}", "models[0]"),
    ],
)
def test_a_request_that_is_no_submission_is_refused(
    api: Client, model: bytes, weather: bytes, models: list[str], spec: str, field: str
) -> None:
    answer = try_out(api, [(name, model) for name in models], [("c.epw", weather)], spec)

    assert answer.status_code == 422
    assert field in [fault["field"] for fault in answer.get_json()["errors"]]


@pytest.mark.usefixtures("nothing_is_left")
def test_a_misspelt_dry_run_submits_nothing(api: Client, model: bytes, weather: bytes) -> None:
    for query in ("dry_run=maybe", "dryrun=true"):
        fields = {"models": [("a.idf", model)], "weather": [("c.epw", weather)]}
        assert api.form(f"/api/v1/simulations?{query}", fields).status_code == 422


def test_the_number_of_runs_is_the_one_of_the_submission_and_has_its_limit(
    api: Client, model: bytes, weather: bytes
) -> None:
    values = str(list(range(501)))
    spec = f'{{"parameters": [{{"name": "t", "object": "Building", "field": "North Axis", "values": {values}}}]}}'
    files: tuple[list[Upload], list[Upload]] = [("a.idf", model)], [("c.epw", weather)]
    assert try_out(api, *files, spec).status_code == 422

    within = spec.replace(", 500]", "]")
    said = try_out(api, *files, within).get_json()

    assert (said["count"], len(said["variants"])) == (500, 20)
    assert api.submit(*files, spec=within).get_json()["counts"]["total"] == 500


def test_stored_inputs_are_looked_at_too(api: Client, model: bytes, weather: bytes) -> None:
    api.submit([("a.idf", model)], [("c.epw", weather)])
    rows, files = api.count_rows(), sorted(api.left_files())
    hashes = [hashlib.sha256(content).hexdigest() for content in (model, weather)]
    named = {"models": [{"name": "x.idf", "sha256": hashes[0]}], "weather": [{"name": "y.epw", "sha256": hashes[1]}]}

    answer = api.post(DRY, json=named)

    assert answer.status_code == 200, answer.text
    assert (answer.get_json()["models"][0]["name"], answer.get_json()["count"]) == ("x.idf", 1)
    assert (api.count_rows(), sorted(api.left_files())) == (rows, files)


def test_a_dry_run_needs_the_scope_of_a_submission(closed: Client, model: bytes, weather: bytes) -> None:
    reader = closed.calling_as("anna", "read")

    assert try_out(reader, [("a.idf", model)], [("c.epw", weather)]).status_code == 403


@pytest.mark.usefixtures("nothing_is_left")
def test_a_dry_run_says_what_is_wrong_in_a_model_that_varies(api: Client, model: bytes, weather: bytes) -> None:
    varied = {"name": "size", "input": "model", "values": ["a.idf", "b.idf"]}
    files = {"models": [("a.idf", model), ("b.idf", b"Version,25.2;\nLamp,L;\n")], "weather": [("w.epw", weather)]}

    answer = api.form("/api/v1/simulations?dry_run=true", files, {"spec": json.dumps({"parameters": [varied]})})

    assert answer.status_code == 200, answer.text
    said = answer.get_json()
    assert (said["known"], [bool(item["errors"]) for item in said["models"]]) == (0, [False, True])
