"""What the OpenAPI document promises is what the API does, whatever it is sent."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from deploy.local.postgres import PostgresServer
from shared.settings import Settings
from tests.fuzzing import examples
from tests.integration.api.conftest import Api, running_api
from tests.servers import TEMPLATE

AnyCase = Case[Any]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
    allow_header_conformance,
]
OPERATIONS = [
    "GET /api/simulation/task/{task_id}/status/",
    "GET /api/simulation/{simulation_id}/status/",
    "GET /api/v1/artifacts/{sha256}",
    "GET /api/v1/queues",
    "GET /api/v1/runs",
    "GET /api/v1/runs/{run_id}",
    "GET /api/v1/runs/{run_id}/files/{name}",
    "GET /api/v1/runs/{run_id}/log",
    "GET /api/v1/runs/{run_id}/messages",
    "GET /api/v1/simulations",
    "GET /api/v1/simulations/{simulation_id}",
    "GET /api/v1/simulations/{simulation_id}/runs",
    "GET /api/v1/workers",
    "GET /healthz",
    "GET /metrics",
    "GET /readyz",
    "POST /api/simulation/run/",
    "POST /api/simulation/task/{task_id}/cancel/",
    "POST /api/v1/runs/{run_id}/cancel",
    "POST /api/v1/simulations",
    "POST /api/v1/simulations/{simulation_id}/cancel",
    "POST /api/v1/simulations/{simulation_id}/retry",
    "DELETE /api/v1/simulations/{simulation_id}",
]


@pytest.fixture(scope="module")
def api(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, model: bytes, weather: bytes
) -> Iterator[Api]:
    """The API with simulations in every state."""
    directory = tmp_path_factory.mktemp("document")
    postgres_server.create_database("document", template=TEMPLATE)
    settings = Settings(
        database_url=SecretStr(postgres_server.url("document")),
        scratch_directory=directory / "scratch",
        max_body_bytes=8 * 1024**2,
        owner_request_rate="",
    )
    with running_api(settings, directory) as running:
        _populate(running, model, weather)
        yield running


def _populate(api: Api, model: bytes, weather: bytes) -> None:
    for number in range(4):
        models = [(f"{number}.idf", model), ("b.idf", model + b"\n")]
        made = [api.submit(models, [("w.epw", weather)]).get_json()["id"] for _ in range(4)]
        running, succeeded, failed = (api.runs(simulation) for simulation in made[:3])
        api.start(running[0])
        for run in succeeded:
            api.succeed(run, {"eplusout.err": b"** Warning **", "eplustbl.htm": b"<html></html>"})
        for run in failed:
            api.fail(run)


@pytest.fixture(scope="module")
def headers() -> dict[str, str]:
    """What every request carries."""
    return {}


@pytest.fixture(scope="module")
def document(api: Api) -> dict[str, Any]:
    """The document without what would allow everything: an answer has to be documented for its operation."""
    found: dict[str, Any] = api.get("/api/openapi.json").get_json()
    for _, operation in _operations(found):
        operation["responses"].pop("default")
    return found


@pytest.fixture(scope="module")
def schema(api: Api, document: dict[str, Any]) -> OpenApiSchema:
    loaded = schemathesis.openapi.from_dict(document)
    loaded.app = api.app
    return loaded


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


@pytest.fixture(scope="module")
def known(api: Api) -> dict[str, list[str]]:
    """Values of path parameters that name something."""
    simulations = api.get("/api/v1/simulations?limit=200").get_json()["items"]
    runs = api.get("/api/v1/runs?limit=200").get_json()["items"]
    ids = [simulation["id"] for simulation in simulations]
    detail = api.get(f"/api/v1/simulations/{ids[0]}").get_json()
    return {
        "simulation_id": ids,
        "task_id": ids,
        "run_id": [run["id"] for run in runs],
        "sha256": [item["sha256"] for item in detail["inputs"]],
        "name": ["eplusout.err", "eplustbl.htm"],
    }


def check(case: AnyCase, headers: Mapping[str, str]) -> None:
    response = case.call(headers=dict(headers))
    case.validate_response(response, checks=CHECKS)


def _references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def test_the_document_refers_to_nothing_that_is_not_in_it(document: dict[str, Any]) -> None:
    for reference in set(_references(document)):
        found = document
        for name in reference.removeprefix("#/").split("/"):
            assert name in found, reference
            found = found[name]


def test_every_operation_is_tried(document: dict[str, Any]) -> None:
    assert {label for label, _ in _operations(document)} == set(OPERATIONS)


def test_every_operation_but_probes_can_be_refused_for_a_while(document: dict[str, Any]) -> None:
    limited = {
        label
        for label, operation in _operations(document)
        if all("Retry-After" in operation["responses"].get(status, {}).get("headers", {}) for status in ("429", "503"))
    }

    assert limited == set(OPERATIONS) - {"GET /healthz", "GET /metrics", "GET /readyz"}


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_the_document_says(
    schema: OpenApiSchema, known: dict[str, list[str]], headers: dict[str, str], label: str
) -> None:
    operation = schema.find_operation_by_label(label)
    assert operation is not None
    modes = [operation.as_strategy(mode) for mode in GenerationMode]

    @examples(50)
    @given(case=st.one_of(*modes), data=st.data())
    def try_one(case: AnyCase, data: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        check(case, headers)

    try_one()


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_keeps_to_the_document_at_its_edges(
    schema: OpenApiSchema, headers: dict[str, str], label: str
) -> None:
    operation = schema.find_operation_by_label(label)
    assert operation is not None

    for case in schema.iter_coverage_cases(
        operation, generation_modes=list(GenerationMode), generation_config=schema.config.generation_for()
    ):
        check(case, headers)
