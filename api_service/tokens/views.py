"""Tokens over HTTP: create, list, revoke. Admins have access to the tokens of all owners."""

from typing import Any
from uuid import UUID

from flask import Response

from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.cursor import Page
from api_service.http.dependencies import dependencies
from api_service.http.problem import not_found
from api_service.identity.scope import Scope, needs
from api_service.identity.who import PARAMETER, current_identity
from api_service.tokens.allowed import TokenRequest, expiry_of, owner_of
from api_service.tokens.queries import TokenView, create_token, list_tokens, revoke_token
from api_service.tokens.schema import NewTokenSchema, SecretTokenSchema, TokenPageSchema, TokenQuery

blp = Blueprint("tokens", __name__, url_prefix=f"{links.V1}/tokens", description="Credentials of programs.")


@blp.route("", methods=["POST"])
@needs(Scope.TOKENS)
@blp.doc(parameters=[PARAMETER])
@blp.arguments(NewTokenSchema)
@blp.response(201, SecretTokenSchema)
@blp.problems(422)
def create(asked: dict[str, Any]) -> tuple[TokenView, int, dict[str, str]]:
    """Create a token; its secret is only in this response."""
    scopes = frozenset(Scope(scope) for scope in asked["scopes"])
    made = make(TokenRequest(asked["name"], scopes, asked["owner"], asked["expires_in_days"]))
    return made, 201, {"Cache-Control": "no-store"}


@blp.route("", endpoint="list")
@blp.arguments(TokenQuery, location="query")
@blp.response(200, TokenPageSchema)
def list_all(query: dict[str, Any]) -> Page[TokenView]:
    """List tokens, newest first: your own, or those of all owners if you are an admin."""
    mine, asked = _whose(), query["owner"]
    if asked is not None and mine not in (None, asked):
        return Page([], None)
    with dependencies().database.transaction() as connection:
        return list_tokens(connection, owner=asked or mine, limit=query["limit"], cursor=query["cursor"])


@blp.route("/<uuid:token_id>", methods=["DELETE"])
@needs(Scope.TOKENS)
@blp.response(
    204,
    description="The token and all that were made with it are revoked, and the sessions opened with them have ended.",
)
@blp.problems(404)
def revoke(token_id: UUID) -> Response:
    """Revoke a token."""
    end(token_id, owner=_whose())
    return Response(status=204)


def make(wanted: TokenRequest) -> TokenView:
    """Creates a token. Raises Problem when the requester may not create it."""
    identity = current_identity()
    owner, expires_at = owner_of(wanted, identity), expiry_of(wanted, identity)
    with dependencies().database.transaction() as connection:
        return create_token(
            connection,
            owner=owner,
            name=wanted.name,
            scopes=wanted.scopes,
            expires_at=expires_at,
            maker_id=identity.token_id,
        )


def end(token_id: UUID, *, owner: str | None) -> None:
    """Revokes a token of `owner` (None: of any owner). Raises Problem when the requester may not."""
    with dependencies().database.transaction() as connection:
        if not revoke_token(connection, token_id, owner=owner, scopes=current_identity().scopes):
            raise not_found("Token")


def _whose() -> str | None:
    return None if current_identity().is_admin else current_identity().owner
