"""Tokens in Postgres; called by the views, the account page and the command line. Secrets are never stored."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, Update, func, insert, select, true, tuple_, update

from api_service.http.cursor import Page, decode, encode, page
from api_service.http.problem import Problem
from api_service.identity import audit
from api_service.identity.credentials import is_valid
from api_service.identity.scope import Scope, covering
from api_service.identity.secret import digest, new_secret
from shared.db.tables import Token

COLUMNS = ["id", "name", "owner", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"]


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as its owner sees it; `token`, the secret, is set only directly after creation."""

    id: UUID
    name: str
    owner: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    token: str | None = None


def create_token(
    connection: Connection,
    *,
    owner: str,
    name: str,
    scopes: Iterable[Scope],
    expires_at: datetime | None,
    maker_id: UUID | None = None,
) -> TokenView:
    """Creates a token; returns it with its secret. Raises Problem when `maker_id`, which makes it, is not valid."""
    if maker_id is not None:
        # A revocation of the maker waits for this lock, and sees the new token after it.
        maker = select(Token.id).where(Token.id == maker_id, is_valid()).with_for_update(read=True)
        if connection.scalar(maker) is None:
            raise Problem(401, "The token that makes this one has ended", headers={"WWW-Authenticate": "Bearer"})
    secret = new_secret()
    row = connection.execute(
        insert(Token)
        .values(
            id=uuid4(),
            digest=digest(secret),
            name=name,
            owner=owner,
            scopes=sorted({scope.value for scope in scopes}, key=list(Scope).index),
            expires_at=expires_at,
            maker_id=maker_id,
        )
        .returning(*(getattr(Token, column) for column in COLUMNS))
    ).one()
    made = replace(TokenView(*row), token=secret)
    audit.note(connection, "token.created", f"tokens/{made.id}", owner=owner, scopes=made.scopes)
    return made


def list_tokens(
    connection: Connection, *, owner: str | None, limit: int, cursor: str | None = None, valid: bool = False
) -> Page[TokenView]:
    """Returns up to `limit` tokens, newest first, of `owner` (None: of all); `valid` leaves out revoked tokens.

    Raises Problem for an invalid cursor.
    """
    statement = select(*(getattr(Token, column) for column in COLUMNS)).where(_of(owner))
    if valid:
        statement = statement.where(Token.revoked_at.is_(None))
    if cursor is not None:
        statement = statement.where(tuple_(Token.created_at, Token.id) < decode(cursor, "tokens", datetime, UUID))
    order = (Token.created_at.desc(), Token.id.desc())
    rows, more = page(connection.execute(statement.order_by(*order).limit(limit + 1)).all(), limit)
    views = [TokenView(*row) for row in rows]
    return Page(views, encode("tokens", views[-1].created_at, views[-1].id) if more else None)


def revoke_token(
    connection: Connection, token_id: UUID, *, owner: str | None, scopes: Collection[Scope] = frozenset(Scope)
) -> bool:
    """Revokes a token of `owner` (None: of any owner), all that were made with it, and the sessions they started.

    Returns False when there is no such token. A second call has no further effect and returns True. Raises Problem when
    the token has more than `scopes`.
    """
    found = connection.execute(select(Token.owner, Token.scopes).where(Token.id == token_id, _of(owner))).one_or_none()
    if found is None:
        return False
    if not covering(found.scopes) <= set(scopes):
        raise Problem(403, f"Its scopes, {', '.join(found.scopes)}, are more than yours")
    # A token may be made with one of these while this waits for its lock: the next round sees it.
    revoked = 0
    while count := connection.execute(_revoke_tree(token_id)).rowcount:
        revoked += count
    if revoked:
        audit.note(connection, "token.revoked", f"tokens/{token_id}", owner=found.owner, revoked=revoked)
    return True


def _revoke_tree(token_id: UUID) -> Update:
    tree = select(Token.id).where(Token.id == token_id).cte("tree", recursive=True)
    tree = tree.union_all(select(Token.id).join(tree, Token.maker_id == tree.c.id))
    return (
        update(Token).where(Token.id.in_(select(tree.c.id)), Token.revoked_at.is_(None)).values(revoked_at=func.now())
    )


def _of(owner: str | None) -> ColumnElement[bool]:
    return true() if owner is None else Token.owner == owner
