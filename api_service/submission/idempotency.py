"""`Idempotency-Key`: a repeated submission with the same key gets the simulation of the first.

So a client that got no response can safely send its submission again. Follows
draft-ietf-httpapi-idempotency-key-header. A key belongs to its owner and is kept as long as its simulation. A refused
submission creates nothing, so its key can be used again.
"""

import hashlib
import json

from flask import request

from api_service.http.fields import is_plain
from api_service.http.problem import Fault, Problem, invalid
from api_service.submission.inputs import Candidate
from api_service.submission.spec import Spec
from shared.state.submit import Key

HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"
MAX_CHARACTERS = 255

#: For the OpenAPI document.
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "description": "A key of your choice, new for every submission. The same request with the same key makes no second "
    "simulation; another request with it is refused with 422.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_CHARACTERS},
}
REPLAYED = {
    REPLAYED_HEADER: {
        "description": "`true` when the simulation was made by an earlier request with the same key.",
        "schema": {"type": "string"},
    }
}


class KeyReused(Problem):
    """The key was used before, for a different submission."""

    def __init__(self) -> None:
        fault = Fault(HEADER, "was used for another submission; take a new one for every submission")
        super().__init__(422, f"{fault.field}: {fault.message}", (fault,))


def current_key(spec: Spec, candidates: list[Candidate]) -> Key | None:
    """Returns the key of the current request with a fingerprint of the submission; None when the header is missing.

    Raises Problem for an invalid key.
    """
    if (given := request.headers.get(HEADER)) is None:
        return None
    value = given.strip()
    if not 1 <= len(value) <= MAX_CHARACTERS or not is_plain(value):
        raise invalid([Fault(HEADER, f"must be 1 to {MAX_CHARACTERS} printable characters")])
    files = [(c.role.value, c.file.name, c.file.sha256) for c in candidates]
    asked = json.dumps([spec.fingerprint(), files], sort_keys=True)
    return Key(value, hashlib.sha256(asked.encode()).hexdigest())
