"""Measures in a submission, in a dry run and in the list that clients look them up in."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.energyplus.measures.registry import MEASURES
from tests.integration.api.conftest import Client

LIGHTS = {"name": "lights", "measure": "lighting_power", "values": [0.5, 1.5]}


def submitted(api: Client, model: bytes, weather: bytes, *parameters: dict[str, Any]) -> TestResponse:
    spec = {"parameters": list(parameters)}
    return api.submit([("a.idf", model)], [("b.epw", weather)], spec=spec)


def test_every_measure_is_listed_with_range_unit_and_options(api: Client) -> None:
    items = api.get("/api/v1/measures").get_json()["items"]

    assert [item["name"] for item in items] == list(MEASURES)
    assert next(item for item in items if item["name"] == "lighting_power") == {
        "name": "lighting_power",
        "text": MEASURES["lighting_power"].text,
        "unit": "factor",
        "range": [0, 3],
        "options": [],
    }
    for item in items:
        options = MEASURES[item["name"]].options
        assert [(o["name"], o["default"], o["choices"]) for o in item["options"]] == [
            (option.name, option.default, list(option.choices)) for option in options
        ]


def test_the_list_is_for_every_reader_and_nobody_else(closed: Client) -> None:
    assert closed.client.get("/api/v1/measures").status_code == 401
    assert closed.calling_as("anna", "read").get("/api/v1/measures").status_code == 200


def test_the_document_names_every_measure_with_its_range(api: Client) -> None:
    parameter = api.get("/api/openapi.json").get_json()["components"]["schemas"]["Parameter"]["properties"]

    assert parameter["measure"]["enum"] == list(MEASURES)
    for measure in MEASURES.values():
        assert f"`{measure.name}`, {measure.range_text}: {measure.text}" in parameter["measure"]["description"]


def test_measures_and_fields_are_varied_together(api: Client, model: bytes, weather: bytes) -> None:
    axis = {"name": "axis", "object": "Building", "field": "North Axis", "values": [0, 90]}

    answer = submitted(api, model, weather, LIGHTS | {"options": {}}, axis)

    assert answer.status_code == 201, answer.text
    simulation = answer.get_json()
    assert simulation["spec"]["parameters"] == [
        {**LIGHTS, "options": {}, "mode": "measure", "range": None, "group": None},
        {**axis, "match": "*", "mode": "set", "range": None, "group": None},
    ]
    assert [run["parameters"] for run in api.runs(simulation["id"])] == [
        {"lights": lights, "axis": turned} for lights in (0.5, 1.5) for turned in (0, 90)
    ]


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"measure": "lightning_power"}, "measure", "no measure 'lightning_power'; did you mean lighting_power"),
        ({"measure": 3}, "measure", "Not a valid string"),
        ({"object": "Lights"}, "object", "must not be given together with measure"),
        ({"match": "*"}, "match", "must not be given together with measure"),
        ({"field": "Watts per Floor Area"}, "field", "must not be given together with measure"),
        ({"mode": "scale"}, "mode", "must not be given together with measure"),
        ({"options": {"north": True}}, "options.north", "lighting_power has no option 'north'; it has none"),
        ({"options": 3}, "options", "Not a valid mapping"),
        ({"values": [1, 3.5]}, "values[1]", "must be a number from 0 to 3 (factor)"),
        ({"values": [-0.5]}, "values[0]", "must be a number from 0 to 3 (factor)"),
        ({"values": ["1"]}, "values[0]", "must be a number from 0 to 3 (factor)"),
        ({"values": [True]}, "values[0]", "must be a number from 0 to 3 (factor)"),
        ({"measure": "orientation", "values": [400]}, "values[0]", "must be a number from -360 to 360 (degrees)"),
    ],
)
def test_a_measure_that_cannot_be_is_refused_at_its_field(
    api: Client, model: bytes, weather: bytes, change: dict[str, Any], field: str, says: str
) -> None:
    answer = submitted(api, model, weather, LIGHTS | change)

    assert answer.status_code == 422, answer.text
    (fault,) = answer.get_json()["errors"]
    assert fault["field"] == f"spec.parameters[0].{field}"
    assert says in fault["message"]


@pytest.mark.parametrize(
    ("parameter", "field", "says"),
    [
        ({"field": "Watts"}, "object", "is required, or measure or input instead"),
        ({"object": "Lights"}, "field", "is required, or measure or input instead"),
        ({"object": "Lights", "field": "Watts", "options": {}}, "options", "there is none"),
        ({"object": "Lights", "field": "Watts", "mode": "measure"}, "mode", "must be set or scale"),
    ],
)
def test_a_parameter_without_a_measure_needs_a_field(
    api: Client, model: bytes, weather: bytes, parameter: dict[str, Any], field: str, says: str
) -> None:
    answer = submitted(api, model, weather, {"name": "p", "values": [1], **parameter})

    assert answer.status_code == 422
    (fault,) = answer.get_json()["errors"]
    assert fault["field"] == f"spec.parameters[0].{field}"
    assert says in fault["message"]


def test_a_dry_run_says_which_model_refuses_a_measure(api: Client, model: bytes, weather: bytes) -> None:
    turned = {"name": "turned", "measure": "orientation", "values": [90]}

    answer = api.form(
        "/api/v1/simulations?dry_run=true",
        {"models": [("a.idf", model.replace(b"Relative;", b"World;"))], "weather": [("b.epw", weather)]},
        {"spec": json.dumps({"parameters": [turned]})},
    )

    (fault,) = answer.get_json()["errors"]
    assert fault["field"] == "spec.parameters[0].values[0]"
    assert fault["message"].startswith("'a.idf': orientation: GlobalGeometryRules: coordinate_system is World")
