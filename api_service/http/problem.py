"""RFC 9457 problem details: exceptions that are raised in and below the views and answered by `errors.py`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
#: Number of faults that `detail` names: it is for people, while `errors` lists the faults for programs.
NAMED_FAULTS = 3
#: Maximum number of faults in `errors`: a request can have a hundred thousand invalid fields.
LISTED_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in one field of the request; `field` is its path, such as `spec.parameters[0].values`."""

    field: str
    message: str


@dataclass(slots=True, eq=False)
class Problem(Exception):
    """An HTTP error: status, `detail` (one sentence), the invalid fields, and further response headers."""

    status: int
    detail: str
    faults: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.detail

    def body(self) -> dict[str, Any]:
        """Returns the problem document as a JSON object."""
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
    """Returns a problem that lists invalid fields."""
    named = [f"{fault.field}: {fault.message}" if fault.field else fault.message for fault in faults[:NAMED_FAULTS]]
    more = len(faults) - len(named)
    return Problem(status, "; ".join(named) + (f"; and {more} more" if more else ""), tuple(faults[:LISTED_FAULTS]))


def not_found(what: str) -> Problem:
    """Returns a 404 problem; `what` names the kind of resource that does not exist (any more)."""
    return Problem(404, f"{what} not found")


def away(what: str, retry_after_seconds: int = 5) -> Problem:
    """Returns a 503 problem: a part of the service is unreachable, the same request can succeed later."""
    return Problem(503, what, headers={"Retry-After": str(retry_after_seconds)})
