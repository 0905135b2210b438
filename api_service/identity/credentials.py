"""Looks up the identity that belongs to the secret of a token or session.

Unknown, expired and revoked secrets are indistinguishable: the same query finds no row.
"""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from api_service.identity.scope import covering
from api_service.identity.secret import digest
from api_service.identity.who import How, Identity
from shared.db.tables import Session, Token

#: Minimum time between two updates of a token's `last_used_at`: every request reads the token, few write it.
USED_EVERY = timedelta(minutes=1)


def by_token(connection: Connection, secret: str) -> Identity | None:
    """Returns the identity of a token; None when the token is unknown, expired or revoked."""
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
    """Returns the identity of a session; None when the session, or the token that started it, is not valid any more."""
    found = connection.execute(
        select(Session.id, Session.owner, Session.scopes, Session.token_id, Token.expires_at)
        .outerjoin(Token, Token.id == Session.token_id)
        .where(
            Session.digest == digest(secret),
            _lasts(),
        )
    ).one_or_none()
    if found is None:
        return None
    return Identity(
        *(found.owner, found.owner, covering(found.scopes), How.SESSION),
        *(found.token_id, found.id, found.expires_at),
    )


def still_valid(connection: Connection, identities: Collection[Identity]) -> set[Identity]:
    """Returns the identities whose session or token, read earlier, has not ended since then."""
    sessions = [identity.session_id for identity in identities if identity.session_id]
    tokens = [identity.token_id for identity in identities if not identity.session_id]
    found = {*connection.scalars(select(Token.id).where(Token.id.in_(tokens), is_valid()))}
    found |= {
        *connection.scalars(
            select(Session.id).outerjoin(Token, Token.id == Session.token_id).where(Session.id.in_(sessions), _lasts())
        )
    }
    return {identity for identity in identities if (identity.session_id or identity.token_id) in found}


def is_valid() -> ColumnElement[bool]:
    """Returns the SQL condition that a token is neither revoked nor expired."""
    return and_(Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > func.now()))


def _lasts() -> ColumnElement[bool]:
    """Returns the SQL condition that a session has not ended, nor the token that started it."""
    return and_(Session.expires_at > func.now(), or_(Session.token_id.is_(None), is_valid()))
