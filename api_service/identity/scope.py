"""Scopes of tokens and sessions, and which others a scope includes. Pure."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Scope(StrEnum):
    """`read`: read own objects; `submit`: also create and change own objects; `urgent`: also with the priority urgent.

    `tokens`: make and revoke own tokens; `admin`: everything, for all owners.
    """

    READ = "read"
    SUBMIT = "submit"
    URGENT = "urgent"
    TOKENS = "tokens"
    ADMIN = "admin"


INCLUDED = {
    Scope.READ: {Scope.READ},
    Scope.SUBMIT: {Scope.READ, Scope.SUBMIT},
    Scope.URGENT: {Scope.READ, Scope.SUBMIT, Scope.URGENT},
    Scope.TOKENS: {Scope.READ, Scope.TOKENS},
    Scope.ADMIN: set(Scope),
}


def covering(scopes: Iterable[str]) -> frozenset[Scope]:
    """Returns the scopes together with the scopes that they include."""
    return frozenset().union(*(INCLUDED[Scope(scope)] for scope in scopes))


def needs(scope: Scope) -> Callable[[View], View]:
    """Decorator that sets the scope of a view; the default is read for safe methods and submit for the others."""

    def decorate(view: View) -> View:
        view.needed_scope = scope  # type: ignore[attr-defined]  # read by the guard
        return view

    return decorate
