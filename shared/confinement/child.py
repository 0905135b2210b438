"""A child of the launcher as its caller sees it, and the limits it gets."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.confinement.errors import ConfinementError, LauncherLost
from shared.confinement.exit import Exit
from shared.confinement.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Resource limits and sandbox of one child; None is no limit.

    `memory_bytes` limits the address space, of a job what it takes in addition to the launcher's. `file_bytes` limits
    each single file it writes, `cpu_seconds` the processor time.
    """

    memory_bytes: int | None = None
    file_bytes: int | None = None
    sandbox: Sandbox | None = None
    cpu_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Preload:
    """A module with jobs, such as `shared.energyplus.jobs`, and the arguments of its function `preload`."""

    module: str
    arguments: tuple[str, ...] = ()


class Child:
    """One spawned process. Thread-safe."""

    def __init__(self, signal: Callable[[int], None], ended: threading.Event) -> None:
        #: Sends a signal to its process group; does nothing when it has ended.
        self.signal = signal
        self._started = threading.Event()
        self._ended = ended
        self._error: str | None = None
        self._lost = False
        self.pid = 0
        self._exit: Exit | None = None

    def wait(self, timeout: float | None = None) -> Exit | None:
        """Wait for the end; returns the exit status, None when it still runs after `timeout` seconds.

        Raises LauncherLost.
        """
        self._ended.wait(timeout)
        return self.exit

    @property
    def exit(self) -> Exit | None:
        """The exit status, None while the child runs. Raises LauncherLost."""
        if self._lost:
            raise LauncherLost("the launcher process ended, and the engine with it")
        return self._exit

    def await_start(self, timeout: float | None = None) -> bool:
        """Wait until the program has been executed; returns whether it has. Raises ConfinementError, LauncherLost."""
        if not self._started.wait(timeout):
            return False
        if self._error is not None:
            raise ConfinementError(f"cannot be executed: {self._error}")
        if self._lost:
            raise LauncherLost("the launcher process ended before the engine had started")
        return True

    def hear(self, message: dict[str, Any]) -> bool:
        """Handle a message of the launcher about this child; returns whether it was the last one."""
        if "pid" in message:
            self.pid = message["pid"]
            self._started.set()
            return False
        if "error" in message:
            self._error = message["error"]
        elif "lost" in message:
            self._lost = True
        else:
            self._exit = Exit(message["code"], message["signal"], message["user"], message["system"], message["rss"])
        self._started.set()
        self._ended.set()
        return True
