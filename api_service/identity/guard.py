"""Authentication and authorisation of every request; only the endpoints in `OPEN` need no credentials."""

from typing import Any

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem
from api_service.identity import audit, origin_checks, rates, sessions
from api_service.identity.credentials import by_token
from api_service.identity.scope import Scope
from api_service.identity.who import HEADER, How, Identity, current_identity, nobody_asked
from shared.logging import get_logger
from shared.settings import Settings

log = get_logger(__name__)

#: Endpoints without authentication: probes, the OpenAPI document, static files of pages, and sign-in.
OPEN = frozenset(
    {
        *("health.healthz", "health.readyz", "health.metrics", "docs.document", "docs.asset", "assets.file"),
        *("sign_in.page", "sign_in.with_token", "sign_in.with_provider", "sign_in.back_from_provider"),
    }
)
#: Blueprints of pages, which redirect an unauthenticated browser to the sign-in page.
PAGES = frozenset({"docs", "account", "view"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Tokens that the old page sends when it has none: its cookie proves who it is.
PLACEHOLDERS = frozenset({"django_session", "saml_session"})


def register(app: Flask, settings: Settings) -> None:
    """Registers the authentication of all requests; `authorise` must be registered after it."""
    if not settings.auth_required:
        log.warning("auth.off", consequence="whoever reaches the API can see and change everything")
    app.before_request(_identify)


def needed(endpoint: str | None, method: str) -> Scope:
    """Returns the scope that a request needs: read or submit, by its method, or the one set with `scope.needs`."""
    view: Any = current_app.view_functions.get(endpoint or "")
    default = Scope.READ if method in SAFE else Scope.SUBMIT
    return Scope(getattr(view, "needed_scope", default))


def _identify() -> Response | None:
    if request.endpoint in OPEN:
        return None
    identity = _who()
    if identity is None:
        if request.blueprint in PAGES and request.method in SAFE:
            return redirect(url_for("sign_in.page", next=request.full_path.rstrip("?")))
        if _given_token() is not None:
            rates.count_failed_proof()
        raise Problem(401, "A valid token is needed", headers={"WWW-Authenticate": "Bearer"})
    g.identity = identity
    return None


def authorise() -> None:
    """Checks the scope and, for sessions, the page that asks; applies the owner header. Raises Problem."""
    if request.endpoint in OPEN:
        return
    identity = current_identity()
    scope = needed(request.endpoint, request.method)
    if not identity.may(scope):
        audit.note_refusal(dependencies().database, "request.refused", request.path, scope=scope.value)
        raise Problem(
            403,
            f"The scope {scope} is needed",
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )
    g.identity = identity.acting_for(request.headers.get(HEADER))
    if identity.how is How.SESSION:
        origin_checks.check_session()


def _who() -> Identity | None:
    if not dependencies().settings.auth_required:
        origin_checks.check_unauthenticated()
        return nobody_asked()
    given = _given_token()
    with dependencies().database.transaction() as connection:
        return sessions.current(connection) if given is None else by_token(connection, given)


def _given_token() -> str | None:
    """Returns the token in the request, empty if it is in another form; None without one, also with a placeholder."""
    given = request.headers.get("Authorization")
    if given is None:
        return None
    scheme, _, secret = given.partition(" ")
    token = secret.strip() if scheme.lower() == "bearer" else ""
    return None if token in PLACEHOLDERS else token
