"""What a token or a session may do; every scope includes those before it. Pure."""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """Read one's own, submit and change one's own, do everything to everybody's."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"


def covering(scopes: Iterable[str]) -> frozenset[Scope]:
    """The scopes with all that they include."""
    order = list(Scope)
    return frozenset(included for scope in scopes for included in order[: order.index(Scope(scope)) + 1])
