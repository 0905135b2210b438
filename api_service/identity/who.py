"""The identity of the current request: set by `guard`, read with `current_identity()`."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

from flask import g

from api_service.http.fields import is_plain
from api_service.http.problem import Fault, Problem, invalid
from api_service.identity.scope import Scope

HEADER = "X-EPSM-Owner"
#: The owner of all objects when authentication is off, unless the header names another one.
LOCAL = "local"
MAX_CHARACTERS = 100

#: For the OpenAPI document.
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "Owner of what is created; runs of different owners take turns. Only admins may name another owner. "
    f"Where no token is asked for, the default is `{LOCAL}`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS},
}


class How(StrEnum):
    """How a request was authenticated; `off`: authentication is off."""

    TOKEN = "token"  # noqa: S105  (the word, not one)
    SESSION = "session"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Identity:
    """The authenticated `actor` and the `owner` of the request; they differ when an admin acts for another owner."""

    owner: str
    actor: str
    scopes: frozenset[Scope]
    how: How
    token_id: UUID | None = None
    session_id: UUID | None = None
    expires_at: datetime | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the identity may see and change the objects of all owners."""
        return self.may(Scope.ADMIN)

    def may(self, scope: Scope) -> bool:
        """Returns whether the identity has a scope."""
        return scope in self.scopes

    def acting_for(self, named: str | None) -> "Identity":
        """Returns the identity with the owner that the header names, if any. Raises Problem if this is not allowed."""
        if named is None:
            return self
        owner = named.strip()
        if not is_owner(owner):
            raise invalid([Fault(HEADER, f"must be 1 to {MAX_CHARACTERS} printable characters")])
        if owner != self.owner and not self.is_admin:
            raise Problem(403, f"{HEADER}: only an admin may act for somebody else")
        return replace(self, owner=owner)


def is_owner(name: str) -> bool:
    """Returns whether a name is valid for an owner."""
    return 1 <= len(name) <= MAX_CHARACTERS and is_plain(name) and name == name.strip()


def nobody_asked() -> Identity:
    """Returns the identity of every request when authentication is off."""
    return Identity(LOCAL, LOCAL, frozenset(Scope), How.OFF)


def current_identity() -> Identity:
    """Returns the identity of the current request; requests to `guard.OPEN` have none."""
    return cast(Identity, g.identity)
