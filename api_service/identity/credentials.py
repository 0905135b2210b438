"""From a secret to an identity.

An unknown, an expired and a revoked secret are the same: no row, after the same work.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from api_service.identity.scope import covering
from api_service.identity.secret import digest
from api_service.identity.who import How, Identity
from shared.db.tables import Session, Token

#: Every request reads a token; only one a minute writes.
USED_EVERY = timedelta(minutes=1)


def by_token(connection: Connection, secret: str) -> Identity | None:
    """Whose token it is; None when it is nobody's (any more)."""
    stale = or_(Token.last_used_at.is_(None), Token.last_used_at < func.now() - USED_EVERY)
    found = connection.execute(
        select(Token.id, Token.owner, Token.scopes, Token.expires_at, stale.label("stale")).where(
            Token.digest == digest(secret), is_valid()
        )
    ).one_or_none()
    if found is None:
        return None
    if found.stale:
        connection.execute(update(Token).where(Token.id == found.id, stale).values(last_used_at=func.now()))
    return Identity(
        found.owner, found.owner, covering(found.scopes), How.TOKEN, token_id=found.id, expires_at=found.expires_at
    )


def by_session(connection: Connection, secret: str) -> Identity | None:
    """Whose session it is; None when it has ended, or the token that began it has."""
    found = connection.execute(
        select(Session.id, Session.owner, Session.scopes, Session.token_id, Token.expires_at)
        .outerjoin(Token, Token.id == Session.token_id)
        .where(
            Session.digest == digest(secret),
            Session.expires_at > func.now(),
            or_(Session.token_id.is_(None), is_valid()),
        )
    ).one_or_none()
    if found is None:
        return None
    return Identity(
        *(found.owner, found.owner, covering(found.scopes), How.SESSION),
        *(found.token_id, found.id, found.expires_at),
    )


def is_valid() -> ColumnElement[bool]:
    """That a token can still be used."""
    return and_(Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > func.now()))
