"""Detached processes with pid files, which contain the pid and the start time of the process.

The kernel reuses pids; the comparison of start times ensures that no unrelated process gets a signal.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LOG_TAIL_LINES = 8
#: The start time of a process that does not exist any more.
GONE = -1
#: The children of this process: after their end they stay zombies until this process reads their exit status.
_CHILDREN: dict[int, "subprocess.Popen[bytes]"] = {}


class StackError(Exception):
    """Something could not be started or is missing; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Process:
    """One named process of the stack; its log and its pid file are in `directory`."""

    name: str
    directory: Path

    @property
    def log(self) -> Path:
        """The log file, which gets the output of the process."""
        return self.directory / "logs" / f"{self.name}.log"

    @property
    def pid(self) -> int | None:
        """The process id; None when the process does not run."""
        known = self._known()
        # The pid file contains GONE when the process had ended before the file was written.
        if known is None or known[1] == GONE or start_time(known[0]) != known[1]:
            return None
        return known[0]

    @property
    def crashed(self) -> bool:
        """Whether the process was started, was not stopped, and does not run."""
        return self._file.exists() and self.pid is None

    def start(self, command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> None:
        """Starts the process in a session of its own, so that a terminal's Ctrl-C does not reach it."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(environment),
                cwd=cwd,
                start_new_session=True,
            )
        _CHILDREN[process.pid] = process
        self.adopt(process.pid)

    def adopt(self, pid: int) -> None:
        """Writes the pid file for a process that was started elsewhere."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps([pid, start_time(pid)]))

    def stop(self, number: signal.Signals = signal.SIGTERM, *, patience: float = 60) -> None:
        """Sends the signal `number`, and SIGKILL after `patience` seconds; returns when the process has ended."""
        if (pid := self.pid) is not None:
            os.kill(pid, number)
            if not self._wait(patience):
                os.kill(pid, signal.SIGKILL)
                self._wait(patience)
        self._file.unlink(missing_ok=True)
        _reap()

    def kill(self) -> None:
        """Ends the process with SIGKILL; it then counts as crashed."""
        if (pid := self.pid) is not None:
            os.kill(pid, signal.SIGKILL)
            self._wait(30)

    def tail(self, lines: int = LOG_TAIL_LINES) -> str:
        """Returns the last lines of the log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def _wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.pid is None:
                return True
            time.sleep(0.02)
        return self.pid is None

    @property
    def _file(self) -> Path:
        return self.directory / "run" / f"{self.name}.pid"

    def _known(self) -> tuple[int, int] | None:
        try:
            pid, started = json.loads(self._file.read_text())
        except (OSError, ValueError):
            return None
        return int(pid), int(started)


def _reap() -> None:
    """Reads the exit status of every ended child, also of those that another process has replaced in the pid file."""
    for pid, child in list(_CHILDREN.items()):
        if child.poll() is not None:
            del _CHILDREN[pid]


def start_time(pid: int) -> int:
    """Returns the start time of a process in the kernel's ticks since boot; GONE for none and for a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return GONE
    _reap()
    return GONE if fields[0] == "Z" else int(fields[19])


def wait_until(ready: Callable[[], bool], process: Process, what: str, seconds: float = 90) -> None:
    """Polls until `ready` is true. Raises StackError with the end of the log when the process ends or on timeout."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.pid is None:
            raise StackError(f"{what} ended while starting. The end of {process.log}:\n{process.tail()}")
        if time.monotonic() > deadline:
            raise StackError(f"{what} is not ready after {seconds:.0f} s. The end of {process.log}:\n{process.tail()}")
        time.sleep(0.05)
