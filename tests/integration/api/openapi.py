"""Shared by `test_openapi.py` and `test_openapi_authorization.py`: all operations, and objects for their parameters."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
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
from tests.integration.api.conftest import Client, running_api
from tests.servers import TEMPLATE

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
    allow_header_conformance,
]
#: Probes are never refused.
PROBES = ("GET /healthz", "GET /metrics", "GET /readyz")
#: Uploads have tests of their own: no generated value is a valid model.
UPLOADS = (
    *("POST /api/parse/idf/", "POST /api/simulation/parse/idf/"),
    *("POST /api/simulation/run/", "POST /api/v1/simulations"),
)
#: Needs a confirmation that no generated value has; it has tests of its own, too.
CONFIRMED = ("POST /api/v1/queues/{engine}/purge",)
#: In the order of the tests: operations that delete objects which others need come last.
OPERATIONS = (
    *PROBES,
    "GET /api/simulation/task/{task_id}/status/",
    "GET /api/simulation/results/",
    "GET /api/simulation/system-resources/",
    "GET /api/simulation/{simulation_id}/download/",
    "GET /api/simulation/{simulation_id}/parallel-results/",
    "GET /api/simulation/{simulation_id}/results/",
    "GET /api/simulation/{simulation_id}/status/",
    "GET /api/v1/artifacts/{sha256}",
    "GET /api/v1/audit",
    "GET /api/v1/events",
    "GET /api/v1/measures",
    "GET /api/v1/metrics",
    "GET /api/v1/queues",
    "GET /api/v1/queues/{engine}/dead-letters",
    "GET /api/v1/runs",
    "GET /api/v1/runs/{run_id}",
    "GET /api/v1/runs/{run_id}/attempts",
    "GET /api/v1/runs/{run_id}/files/{name}",
    "GET /api/v1/runs/{run_id}/log",
    "GET /api/v1/runs/{run_id}/messages",
    "GET /api/v1/runs/{run_id}/why",
    "GET /api/v1/schema/{class_name}",
    "GET /api/v1/simulations",
    "GET /api/v1/simulations/{simulation_id}",
    "GET /api/v1/simulations/{simulation_id}/events",
    "GET /api/v1/simulations/{simulation_id}/runs",
    "GET /api/v1/tokens",
    "GET /api/v1/weather",
    "GET /api/v1/workers",
    *UPLOADS,
    "POST /api/v1/tokens",
    "POST /api/v1/fleet/pause",
    "POST /api/v1/fleet/resume",
    "POST /api/v1/workers/{worker_id}/drain",
    "POST /api/v1/workers/{worker_id}/resume",
    "PATCH /api/v1/simulations/{simulation_id}",
    "POST /api/v1/runs/{run_id}/cancel",
    "POST /api/simulation/task/{task_id}/cancel/",
    "POST /api/v1/simulations/{simulation_id}/cancel",
    "POST /api/v1/simulations/{simulation_id}/retry",
    "POST /api/v1/queues/{engine}/dead-letters/requeue",
    "POST /api/v1/queues/{engine}/purge",
    "DELETE /api/v1/simulations/{simulation_id}",
    "DELETE /api/v1/tokens/{token_id}",
)
#: Enough for both contracts' cancellation, retry and deletion.
SIMULATIONS_OF_A_KIND = 4
Json = dict[str, Any]


@contextmanager
def running_document(server: PostgresServer, directory: Path, auth: Literal["required", "off"]) -> Iterator[Client]:
    """The API on a fresh database."""
    name = f"document_{auth}"
    server.create_database(name, template=TEMPLATE)
    settings = Settings(
        database_url=SecretStr(server.url(name)),
        scratch_directory=directory / "scratch",
        max_body_bytes=8 * 1024**2,
        owner_request_rate="",
        # The only worker never beats, and must stay alive to the end.
        lease_seconds=3600,
        auth=auth,
    )
    with running_api(settings, directory) as running:
        yield running


def populate(api: Client, model: bytes, weather: bytes) -> dict[str, list[str]]:
    """Creates simulations in every state, and tokens; returns values of path parameters for them."""
    for number in range(SIMULATIONS_OF_A_KIND):
        models = [(f"{number}.idf", model), ("b.idf", model + b"\n")]
        made = [api.submit(models, [("w.epw", weather)]).get_json()["id"] for _ in range(4)]
        running, succeeded, failed = (api.runs(simulation) for simulation in made[:3])
        api.start(running[0])
        for run in succeeded:
            api.succeed(run, {"eplusout.err": b"** Warning **", "eplustbl.htm": b"<html></html>"})
        for run in failed:
            api.fail(run)
    simulations = api.get("/api/v1/simulations?limit=200").get_json()["items"]
    runs = api.get("/api/v1/runs?limit=200").get_json()["items"]
    ids = [simulation["id"] for simulation in simulations]
    detail = api.get(f"/api/v1/simulations/{ids[0]}").get_json()
    tokens = [api.post("/api/v1/tokens", json={"name": "study", "scopes": ["read"]}).get_json() for _ in range(4)]
    return {
        "simulation_id": ids,
        "task_id": ids,
        "run_id": [run["id"] for run in runs],
        "sha256": [item["sha256"] for item in detail["inputs"]],
        "name": ["eplusout.err", "eplustbl.htm"],
        "engine": ["25.2.0"],
        "class_name": ["Lights", "Zone"],
        "worker_id": [worker["id"] for worker in api.get("/api/v1/workers").get_json()["items"]],
        "token_id": [token["id"] for token in tokens],
    }


def read_document(api: Client) -> Json:
    """The document without default responses: every response must be documented for its operation."""
    found: Json = api.client.get("/api/openapi.json").get_json()
    for _, operation in operations(found):
        operation["responses"].pop("default")
    return found


def load(api: Client, document: Json) -> OpenApiSchema:
    """The document for Schemathesis, with the application."""
    loaded = schemathesis.openapi.from_dict(document)
    loaded.app = api.app
    # The tests themselves choose the credentials.
    loaded.config.generation.update(with_security_parameters=False)
    return loaded


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Json]]:
    """Each operation with its label."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method != "parameters":
                yield f"{method.upper()} {path}", operation


def scope_of(operation: Json) -> str | None:
    """The scope that an operation needs according to the document."""
    found = re.search(r"Needs the scope `(\w+)`", operation.get("description", ""))
    return found[1] if found else None


def send(case: "Case[Any]", headers: Mapping[str, str]) -> Response:
    """Sends a request, checks the response against the document and returns it."""
    response = case.call(headers=dict(headers))
    case.validate_response(response, checks=CHECKS)
    return response


def try_operation(
    schema: OpenApiSchema,
    label: str,
    known: Mapping[str, list[str]],
    headers: Mapping[str, str],
    *,
    times: int,
    only_known: bool = False,
) -> set[int]:
    """Sends valid and invalid requests, for existing and other objects; returns the statuses of the responses."""
    operation = schema.find_operation_by_label(label)
    assert operation is not None
    modes = [operation.as_strategy(mode) for mode in GenerationMode]
    answers = set()

    @examples(times)
    @given(case=st.one_of(*modes), data=st.data())
    def try_one(case: "Case[Any]", data: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            if only_known or data.draw(st.booleans()):
                case.path_parameters[name] = data.draw(st.sampled_from(known[name]))
        answers.add(send(case, headers).status_code)

    try_one()
    return answers


def try_edges(schema: OpenApiSchema, label: str) -> None:
    """Sends the least and the greatest values that the document allows, and those just beyond."""
    operation = schema.find_operation_by_label(label)
    assert operation is not None
    config = schema.config.generation_for()
    cases = schema.iter_coverage_cases(operation, generation_modes=list(GenerationMode), generation_config=config)
    for case in cases:
        send(case, {})
