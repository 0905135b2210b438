"""Rules for new tokens: no more scopes and no later expiry than the requester's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api_service.http.problem import Fault, Problem, invalid
from api_service.identity.scope import Scope
from api_service.identity.who import Identity, is_owner

#: Days until a token expires whose requester gave none, has no end either, and is no admin.
DEFAULT_DAYS = 90


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A requested token; without `owner` it is for the requester."""

    name: str
    scopes: frozenset[Scope]
    owner: str | None = None
    expires_in_days: int | None = None


def owner_of(wanted: TokenRequest, identity: Identity) -> str:
    """Returns the owner of the new token. Raises Problem when the requester may not create it."""
    owner = wanted.owner or identity.owner
    if not is_owner(owner):
        raise invalid([Fault("owner", "must be 1 to 100 printable characters without space at either end")])
    if owner != identity.owner and not identity.is_admin:
        raise Problem(403, "owner: only an admin may make a token for somebody else")
    if beyond := _words(scope for scope in wanted.scopes if not identity.may(scope)):
        raise Problem(403, f"scopes: {beyond} is more than you have")
    return owner


def expiry_of(wanted: TokenRequest, identity: Identity) -> datetime | None:
    """Returns the expiry of the new token, None if it has none. Raises Problem when the requester's own is earlier.

    Otherwise a leaked token could be replaced with one that is valid for longer. A token without an end needs an admin.
    """
    days = wanted.expires_in_days
    if days is None and (identity.expires_at is not None or identity.is_admin):
        return identity.expires_at
    expires_at = datetime.now(UTC) + timedelta(days=DEFAULT_DAYS if days is None else days)
    if identity.expires_at is not None and expires_at > identity.expires_at:
        raise invalid([Fault("expires_in_days", f"must not be after your own token's end, {identity.expires_at:%F}")])
    return expires_at


def _words(scopes: Iterable[Scope]) -> str:
    return ", ".join(sorted(scopes))
