"""What a token or a session may do; every scope includes those before it. Pure."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Scope(StrEnum):
    """Read one's own, submit and change one's own, do everything to everybody's."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"


def covering(scopes: Iterable[str]) -> frozenset[Scope]:
    """The scopes with all that they include."""
    order = list(Scope)
    return frozenset(included for scope in scopes for included in order[: order.index(Scope(scope)) + 1])


def needs(scope: Scope) -> Callable[[View], View]:
    """Ask for another scope of a view than its method says: read for what changes nothing, submit for the rest."""

    def decorate(view: View) -> View:
        view.needed_scope = scope  # type: ignore[attr-defined]  # read by the guard
        return view

    return decorate
