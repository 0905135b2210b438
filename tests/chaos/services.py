"""Starts a production service with its points hooked: `python -m tests.chaos.services worker|scheduler`.

The API is `tests.chaos.services:api()` under gunicorn; in production it is `api_service.wsgi:app`.
"""

import os
import sys
from typing import Any

from tests.chaos.inject import SERVICE
from tests.chaos.points import API, install
from tests.chaos.removed_safeguards import REMOVALS

#: Name of the safeguard to remove, if any.
REMOVED = "CHAOS_REMOVED"


def prepare(service: str) -> None:
    """Hooks the points of `service` and removes the safeguard."""
    os.environ.setdefault(SERVICE, service)
    if removed := os.environ.get(REMOVED):
        REMOVALS[removed]()
    install(service)


def api() -> Any:
    """Returns the application of the API."""
    prepare(API)
    from api_service.wsgi import app

    return app


def main() -> int:
    """Runs the worker or the scheduler."""
    service = sys.argv[1]
    prepare(service)
    if service == "worker":
        from sim_worker.__main__ import main as run
    else:
        from scheduler_service.__main__ import main as run
    return run()


if __name__ == "__main__":
    sys.exit(main())
