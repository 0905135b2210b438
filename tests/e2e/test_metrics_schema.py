"""The metrics of a real run against their schema in the OpenAPI document: the same names, the same types."""

from pathlib import Path
from typing import Any

import pytest
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from jsonschema import Draft202012Validator

from api_service.runs.metrics import MetricsSchema
from shared.energyplus.preparation.prepare import Preparation, prepare
from shared.energyplus.results.reading import read_results
from tests.e2e import by_hand
from tests.models import ENGINE_VERSION, SMALL_OFFICE, doe_model, weather


def documented() -> dict[str, Any]:
    """The schema of metrics as JSON Schema: every name is required and no other name is allowed."""
    document = APISpec("EPSM", "1", "3.0.3", plugins=[MarshmallowPlugin()])
    document.components.schema("Metrics", schema=MetricsSchema)
    schemas = document.to_dict()["components"]["schemas"]
    return {
        "$ref": "#/components/schemas/Metrics",
        "components": {"schemas": {n: closed(s) for n, s in schemas.items()}},
    }


def closed(schema: Any) -> Any:
    """Converts OpenAPI 3.0 to JSON Schema: `nullable` becomes a second type; an object has exactly its properties."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema == {"type": "object", "nullable": True}:
        # apispec's form of a nested object that may be null.
        return {"type": "null"}
    inner = {key: closed(value) for key, value in schema.items() if key not in ("nullable", "properties")}
    if "properties" in schema:
        inner["properties"] = {name: closed(value) for name, value in schema["properties"].items()}
        inner |= {"required": list(schema["properties"]), "additionalProperties": False}
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") else inner


def faults(metrics: dict[str, Any]) -> list[str]:
    return [error.message for error in Draft202012Validator(documented()).iter_errors(metrics)]


@pytest.fixture(scope="module", params=["days of weather", "design days"])
def metrics(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    room = tmp_path_factory.mktemp("metrics")
    model = by_hand.shorten(SMALL_OFFICE, room, last_day=2)
    if request.param == "design days":
        model = doe_model("RefBldgSmallOffice")
    directory: Path = room / "run"
    directory.mkdir()
    prepared = prepare(model, directory, Preparation(), version=ENGINE_VERSION)
    by_hand.execute(prepared.path, weather("Chicago"), directory)
    return read_results(directory, engine_seconds=1.0).metrics


def test_a_run_returns_exactly_what_the_document_says(metrics: dict[str, Any]) -> None:
    assert faults(metrics) == []


def test_a_metric_that_the_document_lacks_and_one_that_the_run_lacks_are_found(metrics: dict[str, Any]) -> None:
    assert faults({**metrics, "steam_kwh": 1.0}) != []
    assert faults({name: value for name, value in metrics.items() if name != "ideal_loads"}) != []
    assert faults({**metrics, "warnings": "none"}) != []
    assert faults({**metrics, "sizing": {"zones": [{"zone": 1}], "systems": []}}) != []
