"""Sessions of browsers: a signed cookie holds a secret, a row holds its digest; deleting the row ends the session.

Called by the sign-in pages. A browser sends cookies whichever page causes the request. So forms and scripts also send a
CSRF token, which proves that they come from a page of this service.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from flask import Flask, g, request, session
from flask_wtf.csrf import validate_csrf
from sqlalchemy import Connection, delete, func, insert
from wtforms import ValidationError

from api_service.http.head import is_head_only
from api_service.http.headers import is_https
from api_service.http.problem import Problem
from api_service.identity.credentials import by_session
from api_service.identity.secret import digest, new_secret
from api_service.identity.who import How, Identity
from shared.db.tables import Session
from shared.logging import get_logger
from shared.settings import Settings

log = get_logger(__name__)

KEY = "session"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "X-CSRFToken"
COOKIE = "epsm_session"


def configure(app: Flask, settings: Settings) -> None:
    """Configures how the application's cookies are signed and sent."""
    secure = is_https(settings)
    given = settings.session_secret.get_secret_value() if settings.session_secret else ""
    if settings.auth_required and not given:
        log.warning("session.secret_not_set", consequence="sessions end with this process, and no other one knows them")
    app.secret_key = given or new_secret()
    app.config.update(
        # Browsers accept a cookie of this name only over TLS and from this host, not from another subdomain.
        SESSION_COOKIE_NAME=f"__Host-{COOKIE}" if secure else COOKIE,
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # A CSRF token is valid as long as its session.
        WTF_CSRF_TIME_LIMIT=None,
    )


def start(connection: Connection, identity: Identity, *, lasting: timedelta) -> Identity:
    """Starts a session and discards the previous content of the cookie; returns the identity of the session."""
    secret, session_id = new_secret(), uuid4()
    connection.execute(
        insert(Session).values(
            id=session_id,
            digest=digest(secret),
            owner=identity.owner,
            scopes=sorted(identity.scopes),
            token_id=identity.token_id,
            expires_at=func.now() + lasting,
        )
    )
    session.clear()
    g.pop(CSRF_FIELD, None)
    session[KEY] = secret
    g.identity = replace(identity, how=How.SESSION, session_id=session_id)
    return current(connection) or identity


def current(connection: Connection) -> Identity | None:
    """Returns the identity of the session in the request's cookie; None without a valid session."""
    secret = session.get(KEY)
    return by_session(connection, secret) if isinstance(secret, str) else None


def end(connection: Connection, identity: Identity) -> None:
    """Ends the session of the browser; copies of its cookie become invalid too."""
    connection.execute(delete(Session).where(Session.id == identity.session_id))
    session.clear()


def end_all(connection: Connection, identity: Identity) -> None:
    """Ends all sessions of an owner that may do no more than the current one, which ends too."""
    scopes = sorted(identity.scopes)
    connection.execute(delete(Session).where(Session.owner == identity.actor, Session.scopes.contained_by(scopes)))
    session.clear()


def check_csrf() -> None:
    """Checks the CSRF token: that a page of this service sent the request. Raises Problem."""
    # Reading the field from a form with files would mean receiving the files first.
    is_small = request.mimetype == "application/x-www-form-urlencoded"
    if is_small and is_head_only() and CSRF_HEADER not in request.headers:
        # The field is in the body, which has not come yet.
        return
    given = request.headers.get(CSRF_HEADER) or (request.form.get(CSRF_FIELD) if is_small else None)
    try:
        validate_csrf(given)
    except ValidationError as error:
        raise Problem(
            403, f"Requests with a session that change something need {CSRF_HEADER}: {error}; load the page anew"
        ) from None
