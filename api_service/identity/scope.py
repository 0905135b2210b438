"""Scopes of tokens and sessions; every scope includes those before it. Pure."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])


class Scope(StrEnum):
    """`read`: read own objects; `submit`: also create and change own objects; `admin`: everything, for all owners."""

    READ = "read"
    SUBMIT = "submit"
    ADMIN = "admin"


def covering(scopes: Iterable[str]) -> frozenset[Scope]:
    """Returns the scopes together with the scopes that they include."""
    order = list(Scope)
    return frozenset(included for scope in scopes for included in order[: order.index(Scope(scope)) + 1])


def needs(scope: Scope) -> Callable[[View], View]:
    """Decorator that sets the scope of a view; the default is read for safe methods and submit for the others."""

    def decorate(view: View) -> View:
        view.needed_scope = scope  # type: ignore[attr-defined]  # read by the guard
        return view

    return decorate
