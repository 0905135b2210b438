"""Starts a production service with its points hooked: `python -m tests.chaos.services api|worker|scheduler`."""

import os
import sys
from typing import Any

from tests.chaos.inject import SERVICE
from tests.chaos.jobs import hook_helpers
from tests.chaos.points import API, WORKER, install
from tests.chaos.removed_safeguards import REMOVALS

#: Name of the safeguard to remove, if any.
REMOVED = "CHAOS_REMOVED"


def prepare(service: str) -> None:
    """Hooks the points of `service` and removes the safeguard."""
    os.environ.setdefault(SERVICE, service)
    if removed := os.environ.get(REMOVED):
        REMOVALS[removed]()
    install(service)
    if service == WORKER:
        hook_helpers()


def front() -> Any:
    """Returns the ASGI application of the API; called in the process that serves it."""
    prepare(API)
    from api_service.asgi import front as build

    return build()


def main() -> int:
    """Runs a service."""
    service = sys.argv[1]
    if service == API:
        from api_service.__main__ import main as serve

        return serve("tests.chaos.services:front")
    prepare(service)
    if service == "worker":
        from sim_worker.__main__ import main as run
    else:
        from scheduler_service.__main__ import main as run
    return run()


if __name__ == "__main__":
    sys.exit(main())
