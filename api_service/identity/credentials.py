"""Looks up the identity that belongs to the secret of a token or session.

Unknown, expired and revoked secrets are indistinguishable: the same query finds no row.
"""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

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
        .where(Session.digest == digest(secret), _lasts())
    ).one_or_none()
    if found is None:
        return None
    return Identity(
        *(found.owner, found.owner, covering(found.scopes), How.SESSION),
        *(found.token_id, found.id, found.expires_at),
    )


def still_valid(connection: Connection, identities: Collection[Identity]) -> set[Identity]:
    """Returns those of `identities` whose token or session has neither ended nor been revoked since."""
    tokens = connection.scalars(
        select(Token.id).where(Token.id.in_([i.token_id for i in identities if i.how is How.TOKEN]), is_valid())
    )
    sessions = connection.scalars(
        select(Session.id)
        .outerjoin(Token, Token.id == Session.token_id)
        .where(Session.id.in_([i.session_id for i in identities if i.how is How.SESSION]), _lasts())
    )
    valid: dict[How, set[UUID | None]] = {How.TOKEN: set(tokens), How.SESSION: set(sessions)}
    named = {How.TOKEN: "token_id", How.SESSION: "session_id"}
    return {i for i in identities if i.how is How.OFF or getattr(i, named[i.how]) in valid[i.how]}


def _lasts() -> ColumnElement[bool]:
    """Returns the SQL condition that neither a session nor the token that started it has ended."""
    return and_(Session.expires_at > func.now(), or_(Session.token_id.is_(None), is_valid()))


def is_valid() -> ColumnElement[bool]:
    """Returns the SQL condition that a token is neither revoked nor expired."""
    return and_(Token.revoked_at.is_(None), or_(Token.expires_at.is_(None), Token.expires_at > func.now()))
