"""The API conforms to its OpenAPI document for valid and invalid requests."""

from collections.abc import Iterator
from typing import Any

import pytest
from schemathesis.specs.openapi.schemas import OpenApiSchema

from deploy.local.postgres import PostgresServer
from tests.integration.api.conftest import Client
from tests.integration.api.openapi import (
    CONFIRMED,
    OPERATIONS,
    PROBES,
    UPLOADS,
    load,
    operations,
    populate,
    read_document,
    running_document,
    try_edges,
    try_operation,
)


@pytest.fixture(scope="module")
def api(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The API on loopback, without authentication."""
    with running_document(postgres_server, tmp_path_factory.mktemp("document"), "off") as running:
        yield running


@pytest.fixture(scope="module")
def known(api: Client, model: bytes, weather: bytes) -> dict[str, list[str]]:
    """Values of path parameters of existing objects."""
    return populate(api, model, weather)


@pytest.fixture(scope="module")
def document(api: Client) -> dict[str, Any]:
    return read_document(api)


@pytest.fixture(scope="module")
def schema(api: Client, document: dict[str, Any]) -> OpenApiSchema:
    return load(api, document)


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
    assert sorted(label for label, _ in operations(document)) == sorted(OPERATIONS)


def test_every_operation_but_probes_can_be_refused_for_a_while(document: dict[str, Any]) -> None:
    limited = {
        label
        for label, operation in operations(document)
        if all("Retry-After" in operation["responses"].get(status, {}).get("headers", {}) for status in ("429", "503"))
    }

    assert limited == set(OPERATIONS) - set(PROBES)


SUCCESSES = {200, 201, 204}


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_the_document_says(
    schema: OpenApiSchema, known: dict[str, list[str]], label: str
) -> None:
    answers = try_operation(schema, label, known, {}, times=50)

    # Of the existing objects only some have what an operation is about, such as files, and chance may miss them.
    if not SUCCESSES & answers:
        answers |= try_operation(schema, label, known, {}, times=50, only_known=True)
    # Otherwise the operation was never seen to succeed.
    assert label in (*UPLOADS, *CONFIRMED) or SUCCESSES & answers


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_keeps_to_the_document_at_its_edges(schema: OpenApiSchema, label: str) -> None:
    try_edges(schema, label)
