"""What goes wrong with a request, as RFC 9457 problem details: raised below the views, answered by `errors.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
#: A detail is for people; who wants every fault reads `errors`.
NAMED_FAULTS = 3
#: A document with a fault in every one of its hundred thousand fields is not answered with as many.
LISTED_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of the request; a field is named like `spec.parameters[0].values`."""

    field: str
    message: str


@dataclass(slots=True, eq=False)
class Problem(Exception):
    """A request that cannot be carried out: HTTP status, a sentence, and the fields at fault."""

    status: int
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.detail

    def body(self) -> dict[str, Any]:
        """The problem document."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.faults:
            document["errors"] = [{"field": fault.field, "message": fault.message} for fault in self.faults]
        return document


def invalid(faults: Sequence[Fault], status: int = 422) -> Problem:
    """A problem that consists of faults in fields."""
    named = [f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in faults[:NAMED_FAULTS]]
    more = len(faults) - len(named)
    return Problem(status, "; ".join(named) + (f"; and {more} more" if more else ""), tuple(faults[:LISTED_FAULTS]))


def not_found(what: str) -> Problem:
    """There is no such thing (any more)."""
    return Problem(404, f"{what} not found")


def away(what: str, retry_after_seconds: int = 5) -> Problem:
    """A part of the service cannot be reached; the same request can succeed later."""
    return Problem(503, what, headers={"Retry-After": str(retry_after_seconds)})
