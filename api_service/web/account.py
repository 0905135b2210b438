"""The account page: the identity, its tokens, a form for a new token, sign-out."""

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from api_service.http.dependencies import dependencies
from api_service.http.errors import flatten
from api_service.http.problem import Problem, invalid
from api_service.identity import sessions
from api_service.identity.scope import Scope, needs
from api_service.identity.who import How, current_identity
from api_service.tokens.allowed import DEFAULT_DAYS, TokenRequest
from api_service.tokens.queries import TokenView, list_tokens
from api_service.tokens.schema import NewTokenSchema
from api_service.tokens.views import end, make
from api_service.web import look
from api_service.web.limits import limits_of

blp = Blueprint("account", __name__, url_prefix="/account")

#: Maximum number of tokens on the page; /api/v1/tokens lists all.
SHOWN = 100


@blp.errorhandler(Problem)
def _answer(problem: Problem) -> AnyResponse:
    """Answers with the error page; after the end of a session, with the way to a new one, which leads back here."""
    if problem.status == HTTPStatus.UNAUTHORIZED:
        return redirect(url_for("sign_in.page", next=url_for("account.page")), HTTPStatus.SEE_OTHER)
    return look.answer(problem)


@blp.before_request
def _from_here() -> None:
    # `guard` checks the CSRF token of sessions only. Without authentication, nothing else keeps pages of other sites
    # from submitting these forms.
    if request.method == "POST" and current_identity().how is How.OFF:
        sessions.check_csrf()


@blp.get("")
def page() -> Response:
    """Shows the account page."""
    return _page()


@blp.post("/tokens")
@needs(Scope.TOKENS)
def create() -> Response:
    """Creates a token and shows its secret, which is not shown again."""
    given: dict[str, object] = {"name": request.form.get("name", "").strip(), "scopes": request.form.getlist("scope")}
    if owner := request.form.get("owner", "").strip():
        given["owner"] = owner
    if days := request.form.get("expires_in_days", "").strip():
        given["expires_in_days"] = int(days) if days.isascii() and days.isdecimal() and len(days) < 9 else days
    try:
        asked = NewTokenSchema().load(given)
        made = make(
            TokenRequest(
                asked["name"], frozenset(map(Scope, asked["scopes"])), asked["owner"], asked["expires_in_days"]
            )
        )
    except ValidationError as error:
        return _page(fault=invalid(flatten(error.messages)))
    except Problem as problem:
        return _page(fault=problem)
    return _page(made=made)


@blp.post("/tokens/<uuid:token_id>/revoke")
@needs(Scope.TOKENS)
def revoke(token_id: UUID) -> AnyResponse:
    """Revokes one of the owner's tokens."""
    end(token_id, owner=current_identity().owner)
    return redirect(url_for("account.page"), 303)


def _page(*, made: TokenView | None = None, fault: Problem | None = None) -> Response:
    identity = current_identity()
    with dependencies().database.transaction() as connection:
        tokens = list_tokens(connection, owner=identity.owner, limit=SHOWN, valid=True).items
        limits = limits_of(connection, identity.owner, dependencies().settings)
    return look.render(
        "account.html",
        200 if fault is None else fault.status,
        tokens=tokens,
        limits=limits,
        scopes=[scope.value for scope in Scope if identity.may(scope)],
        made=made,
        fault=fault,
        now=datetime.now(UTC),
        default_days=DEFAULT_DAYS,
        base=(dependencies().settings.public_url or request.host_url).rstrip("/"),
    )
