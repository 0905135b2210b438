"""The OpenAPI document against the API with required authentication: without a token, as a reader, as an admin."""

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

#: Few examples, because `test_openapi.py` checks the rest; the fewest where each scope is tried.
FEW, FEWEST = 8, 2


@pytest.fixture(scope="module")
def closed(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The API with required authentication."""
    with running_document(postgres_server, tmp_path_factory.mktemp("document"), "required") as running:
        yield running


@pytest.fixture(scope="module")
def known(closed: Client, model: bytes, weather: bytes) -> dict[str, list[str]]:
    """Values of path parameters of objects that anna owns."""
    return populate(closed.calling_as("anna", "admin"), model, weather)


@pytest.fixture(scope="module")
def callers(closed: Client) -> dict[str, dict[str, str]]:
    """The headers of a token with one scope, by scope."""
    return {scope.value: closed.calling_as("anna", scope).headers for scope in Scope if scope is not Scope.ADMIN}


@pytest.fixture(scope="module")
def admin(closed: Client) -> dict[str, str]:
    return closed.calling_as("root", "admin").headers


@pytest.fixture(scope="module")
def document(closed: Client) -> dict[str, Any]:
    return read_document(closed)


@pytest.fixture(scope="module")
def scopes(document: dict[str, Any]) -> dict[str, str | None]:
    """The scope of each operation according to the document."""
    return {label: scope_of(operation) for label, operation in operations(document)}


@pytest.fixture(scope="module")
def schema(closed: Client, document: dict[str, Any]) -> OpenApiSchema:
    return load(closed, document)


@pytest.mark.parametrize("label", OPERATIONS)
def test_without_a_token_only_open_operations_answer(
    schema: OpenApiSchema, known: dict[str, list[str]], scopes: dict[str, str | None], label: str
) -> None:
    answers = try_operation(schema, label, known, {}, times=FEW)

    assert answers == {200 if scopes[label] is None else 401}


@pytest.mark.parametrize("scope", [scope.value for scope in Scope if scope is not Scope.ADMIN])
@pytest.mark.parametrize("label", OPERATIONS)
def test_a_scope_is_refused_operations_that_need_more(
    schema: OpenApiSchema,
    known: dict[str, list[str]],
    scopes: dict[str, str | None],
    callers: dict[str, dict[str, str]],
    label: str,
    scope: str,
) -> None:
    answers = try_operation(schema, label, known, callers[scope], times=FEWEST, only_known=True)

    needed = scopes[label]
    if needed is not None and Scope(needed) not in covering([scope]):
        assert answers == {403}
    elif scope == Scope.READ:
        # Other scopes do not permit all that can be asked for: another owner, more scopes, the priority urgent.
        assert not {401, 403} & answers


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_admin_is_refused_nothing(
    schema: OpenApiSchema, known: dict[str, list[str]], admin: dict[str, str], label: str
) -> None:
    answers = try_operation(schema, label, known, admin, times=FEW)

    assert not {401, 403} & answers
