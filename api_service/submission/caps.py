"""Caps per owner as HTTP errors: checked before a submission is stored and again when it is queued.

A submission that exceeds a cap together with what the owner already has gets 429 with Retry-After. A submission that
exceeds a cap by itself can never be accepted: it gets 422 for runs or 413 for files, without Retry-After.
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import Connection

from api_service.http.problem import Problem
from api_service.http.refused import refused
from shared.settings import Settings
from shared.state.caps import OverCap, check_queued, check_stored

#: Runs take seconds to minutes, a full queue much longer; one request per minute is cheap for client and server.
QUEUE_RETRY_SECONDS = 60


def check_room(connection: Connection, settings: Settings, owner: str, runs: int, files: Mapping[str, int]) -> None:
    """Checks that the owner may have `runs` more runs and `files` (bytes by hash) in addition. Raises Problem."""
    with queueing():
        check_queued(connection, owner, runs, settings.owner_queued_runs)
    try:
        check_stored(connection, owner, files, settings.owner_stored_bytes)
    except OverCap as over:
        raise _no_bytes(over, settings) from over


@contextmanager
def queueing() -> Iterator[None]:
    """Context manager: converts OverCap, for the cap of queued runs, to Problem."""
    try:
        yield
    except OverCap as over:
        raise _no_runs(over) from over


def _no_runs(over: OverCap) -> Problem:
    if over.is_hopeless:
        said = f"These are {over.adding} runs, more than the {over.maximum} that one owner may have queued"
        return refused("queued_runs", 422, said)
    said = (
        f"{over.has} runs of this owner are queued; {over.adding} more would be above the {over.maximum} "
        "that are allowed"
    )
    return refused("queued_runs", 429, said, retry_after_seconds=QUEUE_RETRY_SECONDS)


def _no_bytes(over: OverCap, settings: Settings) -> Problem:
    if over.is_hopeless:
        said = f"The files have {over.adding} bytes, more than the {over.maximum} that one owner may have stored"
        return refused("stored_bytes", 413, said)
    said = (
        f"{over.has} bytes of this owner are stored; {over.adding} more would be above the {over.maximum} that are "
        "allowed; delete simulations that are no longer needed"
    )
    # The next retention pass is the earliest time at which files are deleted.
    return refused("stored_bytes", 429, said, retry_after_seconds=math.ceil(settings.retention_seconds))
