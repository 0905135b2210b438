"""Whose request it is: named by a header as long as nobody has to prove who they are."""

from flask import request

from api_service.problem import Fault, invalid
from api_service.schemas.fields import is_plain

HEADER = "X-EPSM-Owner"
DEFAULT = "local"
LONGEST = 100

#: For the OpenAPI document.
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "Whom the simulation belongs to; owners take turns.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "default": DEFAULT},
}


def current_owner() -> str:
    """The owner that the request names. Raises Problem when it is not one that can be shown."""
    name = request.headers.get(HEADER, DEFAULT).strip()
    if not 1 <= len(name) <= LONGEST or not is_plain(name):
        raise invalid([Fault(HEADER, f"must be 1 to {LONGEST} printable characters")])
    return name
