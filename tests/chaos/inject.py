"""Code of the fault injection inside a hooked service, which runs when the service reaches an armed point.

Both sides communicate only by files in one directory. `<point>.armed` is an order; it is taken by renaming it, so that
only one thread of one process carries it out. `<point>.reached` identifies that process, and `<point>.released` lets a
held one continue.
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
#: Action of a process at an armed point: it kills itself, or waits to be released.
KILL, HOLD = "kill", "hold"
POLL_SECONDS = 0.005
#: Longer than any scenario, so that a process which is never released does not wait without limit.
MAX_HOLD_SECONDS = 180.0


@dataclass(frozen=True)
class Order:
    """The action at a point; an empty `service` or `run` matches every one."""

    action: str
    service: str = ""
    run: str = ""


@dataclass(frozen=True)
class Reached:
    """The process that reached the point."""

    pid: int
    service: str
    run: str


def reach(point: str, run_id: UUID | None) -> None:
    """Called by the hooks of `points.py`: carries out the order for this point, if one matches this service and run."""
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
        # The API consists of two processes, gunicorn's master and its worker; every other service is one.
        os.killpg(0, signal.SIGKILL)
    deadline = time.monotonic() + MAX_HOLD_SECONDS
    while order.action == HOLD and not (directory / f"{point}.released").exists() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


def write(path: Path, content: object) -> None:
    """Writes a file atomically."""
    draft = path.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
    draft.write_text(json.dumps(content))
    draft.rename(path)
