"""Children of a launcher, for its tests."""

import time
from collections.abc import Callable
from pathlib import Path

from shared.confinement.child import Child
from shared.confinement.exit import Exit

#: Far longer than the milliseconds that anything takes here, for loaded machines.
PATIENCE_SECONDS = 60


def ended(child: Child) -> Exit:
    found = child.wait(PATIENCE_SECONDS)
    assert found is not None
    return found


def read_pid(path: Path) -> int:
    """Waits for another process to write a number into a file; returns the number."""
    until(lambda: path.exists() and path.read_text().endswith("\n"))
    return int(path.read_text())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
