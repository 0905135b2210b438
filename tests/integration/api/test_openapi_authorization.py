"""The OpenAPI document and the API where it asks who is there: nobody, a reader, an admin."""

from collections.abc import Iterator
from typing import Any

import pytest
from schemathesis.specs.openapi.schemas import OpenApiSchema

from api_service.identity.scope import Scope, covering
from deploy.local.postgres import PostgresServer
from tests.integration.api.conftest import Client
from tests.integration.api.openapi import (
    OPERATIONS,
    load,
    operations,
    populate,
    read_document,
    running_document,
    scope_of,
    try_operation,
)

#: `test_openapi.py` has looked at the rest.
FEW = 8


@pytest.fixture(scope="module")
def closed(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The API as it is where others reach it."""
    with running_document(postgres_server, tmp_path_factory.mktemp("document"), "required") as running:
        yield running


@pytest.fixture(scope="module")
def known(closed: Client, model: bytes, weather: bytes) -> dict[str, list[str]]:
    """Values of path parameters that name something of anna's."""
    return populate(closed.calling_as("anna", "admin"), model, weather)


@pytest.fixture(scope="module")
def reader(closed: Client) -> dict[str, str]:
    return closed.calling_as("anna", "read").headers


@pytest.fixture(scope="module")
def admin(closed: Client) -> dict[str, str]:
    return closed.calling_as("root", "admin").headers


@pytest.fixture(scope="module")
def document(closed: Client) -> dict[str, Any]:
    return read_document(closed)


@pytest.fixture(scope="module")
def scopes(document: dict[str, Any]) -> dict[str, str | None]:
    """What the document says each operation needs."""
    return {label: scope_of(operation) for label, operation in operations(document)}


@pytest.fixture(scope="module")
def schema(closed: Client, document: dict[str, Any]) -> OpenApiSchema:
    return load(closed, document)


@pytest.mark.parametrize("label", OPERATIONS)
def test_whoever_proves_nothing_is_refused_by_all_that_is_closed(
    schema: OpenApiSchema, known: dict[str, list[str]], scopes: dict[str, str | None], label: str
) -> None:
    answers = try_operation(schema, label, known, {}, times=FEW)

    assert answers == {200 if scopes[label] is None else 401}


@pytest.mark.parametrize("label", OPERATIONS)
def test_a_reader_is_refused_what_needs_more(
    schema: OpenApiSchema,
    known: dict[str, list[str]],
    scopes: dict[str, str | None],
    reader: dict[str, str],
    label: str,
) -> None:
    answers = try_operation(schema, label, known, reader, times=FEW)

    needed = scopes[label]
    if needed is None or Scope(needed) in covering(["read"]):
        assert not {401, 403} & answers
    else:
        assert answers == {403}


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_admin_is_refused_nothing(
    schema: OpenApiSchema, known: dict[str, list[str]], admin: dict[str, str], label: str
) -> None:
    answers = try_operation(schema, label, known, admin, times=FEW)

    assert not {401, 403} & answers
