"""The identity of the current request. Set by `guard`; whoever needs to know whose request it is asks here."""

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
#: Whose everything is where nobody has to prove who they are, unless the header says otherwise.
LOCAL = "local"
MAX_CHARACTERS = 100

#: For the OpenAPI document.
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "Whom what is made belongs to; owners take turns. Only admins may name somebody else. "
    f"Where no token is asked for, the default is `{LOCAL}`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS},
}


class How(StrEnum):
    """How an identity was proved; `off`: it was not asked for."""

    TOKEN = "token"  # noqa: S105  (the word, not one)
    SESSION = "session"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose request it is, `owner`, and who makes it, `actor`: an admin may act for an owner."""

    owner: str
    actor: str
    scopes: frozenset[Scope]
    how: How
    token_id: UUID | None = None
    session_id: UUID | None = None
    expires_at: datetime | None = None

    @property
    def is_admin(self) -> bool:
        """Whether everybody's things are theirs to see and change."""
        return self.may(Scope.ADMIN)

    def may(self, scope: Scope) -> bool:
        """Whether they have a scope."""
        return scope in self.scopes

    def acting_for(self, named: str | None) -> "Identity":
        """The same person acting for the owner that the header names. Raises Problem when they may not."""
        if named is None:
            return self
        owner = named.strip()
        if not is_owner(owner):
            raise invalid([Fault(HEADER, f"must be 1 to {MAX_CHARACTERS} printable characters")])
        if owner != self.owner and not self.is_admin:
            raise Problem(403, f"{HEADER}: only an admin may act for somebody else")
        return replace(self, owner=owner)


def is_owner(name: str) -> bool:
    """Whether it can be the name of an owner."""
    return 1 <= len(name) <= MAX_CHARACTERS and is_plain(name) and name == name.strip()


def nobody_asked() -> Identity:
    """Who asks where nobody has to prove who they are."""
    return Identity(LOCAL, LOCAL, frozenset(Scope), How.OFF)


def current_identity() -> Identity:
    """Who makes the current request; there is none on the few pages that are open to everybody."""
    return cast(Identity, g.identity)
