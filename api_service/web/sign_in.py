"""Sign-in of a browser, with a token or an OpenID Connect provider, and sign-out."""

import re
from datetime import timedelta

from flask import Blueprint, Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem
from api_service.identity import audit, rates, sessions
from api_service.identity.credentials import by_token
from api_service.identity.who import Identity, current_identity
from api_service.web import look, provider

blp = Blueprint("sign_in", __name__)
blp.register_error_handler(Problem, look.answer)

#: A path on this server: after a second slash, or a backslash, browsers would read the name of another server.
SAFE_NEXT = re.compile(r"/(?![/\\])[!-\[\]-~]*")
HOME = "/"
NEXT = "next"


@blp.get("/sign-in")
def page() -> Response:
    """Shows the sign-in page."""
    return _page(safe(request.args.get(NEXT)))


@blp.post("/sign-in")
def with_token() -> AnyResponse:
    """Starts a session with a token."""
    sessions.check_csrf()
    wanted = safe(request.form.get(NEXT))
    with dependencies().database.transaction() as connection:
        identity = by_token(connection, request.form.get("token", "").strip())
    if identity is not None:
        begin(identity)
        return redirect(wanted, 303)
    audit.note_refusal(dependencies().database, "session.refused", "sign-in", how="token")
    rates.count_failed_proof()
    return _page(wanted, 403, "No such token, or it has expired or been revoked.")


@blp.get("/sign-in/provider")
def with_provider() -> AnyResponse:
    """Redirects to the provider."""
    session[NEXT] = safe(request.args.get(NEXT))
    return provider.away_to()


@blp.get("/sign-in/provider/back")
def back_from_provider() -> AnyResponse:
    """Handles the redirect back from the provider. The page to show next comes from the cookie, not from the URL."""
    wanted = safe(session.pop(NEXT, None))
    try:
        identity = provider.identity()
    except provider.Refused as refused:
        audit.note_refusal(dependencies().database, "session.refused", "sign-in", how="provider", reason=refused.reason)
        return _page(wanted, 403, f"Signing in did not work: {refused.reason}.")
    begin(identity)
    return redirect(wanted, 303)


@blp.post("/sign-out")
def out() -> AnyResponse:
    """Ends this session, or all sessions of the owner."""
    with dependencies().database.transaction() as connection:
        if "everywhere" in request.form:
            audit.note(connection, "session.ended", "sessions", everywhere=True)
            sessions.end_all(connection, current_identity())
        else:
            audit.note(connection, "session.ended", f"sessions/{current_identity().session_id}")
            sessions.end(connection, current_identity())
    return redirect(url_for("sign_in.page"), 303)


def begin(identity: Identity) -> None:
    """Starts a session and records it in the audit log."""
    with dependencies().database.transaction() as connection:
        begun = sessions.start(connection, identity, lasting=timedelta(hours=dependencies().settings.session_hours))
        audit.note(connection, "session.begun", f"sessions/{begun.session_id}", how=identity.how.value)


def safe(path: str | None) -> str:
    """Returns `path` if it is on this server, else the first page: this URL must not be an open redirect."""
    return path if path and SAFE_NEXT.fullmatch(path) else HOME


def _page(wanted: str, status: int = 200, fault: str = "") -> Response:
    settings = dependencies().settings
    return look.render(
        "sign_in.html",
        status,
        wanted=wanted,
        fault=fault,
        has_provider=bool(settings.oidc_issuer),
        is_off=not settings.auth_required,
    )
