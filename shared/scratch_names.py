"""Names of the directories in a scratch directory, for the code that creates them and the code that sweeps them."""

import re
from uuid import UUID, uuid4

UPLOAD_PREFIX = "upload-"
TEST_PREFIX = "test-"
ATTEMPT = re.compile(r"run-(?P<run>[0-9a-f-]{36})-(?P<attempt>\d+)")
#: Every directory of EPSM; the group `run` is None for a directory that belongs to no run.
SWEPT = re.compile(rf"(?:run-(?P<run>[0-9a-f-]{{36}})-\d+|{UPLOAD_PREFIX}.+|{TEST_PREFIX}.+)")


def attempt_name(run_id: UUID, attempt: int) -> str:
    """Name of an attempt's directory; the pattern `ATTEMPT` parses it."""
    return f"run-{run_id}-{attempt}"


def upload_name() -> str:
    """A new name for the directory of one request's uploads."""
    return f"{UPLOAD_PREFIX}{uuid4()}"
