"""Names of what lies in a scratch directory: whoever makes something there, and whoever sweeps it away, asks here."""

import re
from uuid import UUID, uuid4

UPLOAD_PREFIX = "upload-"
TEST_PREFIX = "test-"
ATTEMPT = re.compile(r"run-(?P<run>[0-9a-f-]{36})-(?P<attempt>\d+)")
#: Everything of ours; `run` is None for what belongs to no run.
SWEPT = re.compile(rf"(?:run-(?P<run>[0-9a-f-]{{36}})-\d+|{UPLOAD_PREFIX}.+|{TEST_PREFIX}.+)")


def attempt_name(run_id: UUID, attempt: int) -> str:
    """The directory of an attempt; `ATTEMPT` reads it."""
    return f"run-{run_id}-{attempt}"


def upload_name() -> str:
    """The directory of a request's uploads, another one for each request."""
    return f"{UPLOAD_PREFIX}{uuid4()}"
