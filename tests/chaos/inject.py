"""The inside of a fault: what a hooked service does when it comes to a point that the harness has armed.

Files in one directory are all that the two sides share: `<point>.armed` is an order, taken by renaming it, so that one
thread of one process carries it out; `<point>.reached` says who did; `<point>.released` lets a held one go on.
"""

import json
import os
import signal
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import structlog

DIRECTORY, SERVICE = "CHAOS_DIRECTORY", "CHAOS_SERVICE"
#: What a process does at an armed point: it dies, or it waits to be released.
KILL, HOLD = "kill", "hold"
POLL_SECONDS = 0.005
#: Longer than any scenario; a process that was forgotten must not be held for ever.
MAX_HOLD_SECONDS = 180.0


@dataclass(frozen=True)
class Order:
    """What is to happen at a point; empty words match every service and every run."""

    action: str
    service: str = ""
    run: str = ""


@dataclass(frozen=True)
class Reached:
    """Who came to the point."""

    pid: int
    service: str
    run: str


def reach(point: str, run_id: UUID | None) -> None:
    """Called by the hooks of `points.py`: carry out the order for this point, if there is one for us."""
    directory = Path(os.environ[DIRECTORY])
    armed = directory / f"{point}.armed"
    try:
        order = Order(**json.loads(armed.read_text()))
    except (FileNotFoundError, ValueError):
        return
    run = str(run_id or structlog.contextvars.get_contextvars().get("run_id", ""))
    service = os.environ[SERVICE]
    if order.service not in ("", service) or order.run not in ("", run):
        return
    try:
        armed.rename(directory / f"{point}.taken")
    except FileNotFoundError:
        return
    write(directory / f"{point}.reached", asdict(Reached(os.getpid(), service, run)))
    if order.action == KILL:
        # The API is two processes, gunicorn's master and its worker; every other service is one.
        os.killpg(0, signal.SIGKILL)
    deadline = time.monotonic() + MAX_HOLD_SECONDS
    while order.action == HOLD and not (directory / f"{point}.released").exists() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def write(path: Path, content: object) -> None:
    """Write a file that nobody can see half of."""
    draft = path.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
    draft.write_text(json.dumps(content))
    draft.rename(path)
