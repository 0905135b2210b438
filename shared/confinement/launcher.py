"""The worker's side of the launcher: asks the warm, single-threaded process to spawn engines and waits for their ends.

A threaded process must not fork with code in between, and an engine must not outlive its worker. So engines are
children of a small process of their own, which kills them when the worker is gone, and which dies with them when it
is killed itself (they carry PR_SET_PDEATHSIG).
"""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from shared.confinement.errors import ConfinementError, LauncherLost
from shared.confinement.exit import Exit
from shared.confinement.sandbox import Sandbox

MESSAGE_BYTES = 65536
#: Where this package is imported from.
HOME = Path(__file__).resolve().parents[2]
#: Isolated, and without site-packages, Python starts sooner and forks less; of ours it is to find this package alone.
PROGRAM = "import sys; sys.path.append(sys.argv.pop(1)); from shared.confinement.launch_child import main; main()"
#: It ends as soon as it has killed its engines; one that does not is stopped or stuck.
CLOSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What one child may use and touch; None is no limit. `file_bytes` bounds each single file it writes."""

    memory_bytes: int | None = None
    file_bytes: int | None = None
    sandbox: Sandbox | None = None


class Child:
    """One spawned process; its methods are safe to call from any thread."""

    def __init__(self, launcher: "Launcher", identity: int, ended: threading.Event) -> None:
        self._launcher = launcher
        self._identity = identity
        self._started = threading.Event()
        self._ended = ended
        self._error: str | None = None
        self._lost = False
        self.pid = 0
        self._exit: Exit | None = None

    def wait(self, timeout: float | None = None) -> Exit | None:
        """How it ended, as soon as it has; None when it goes on after `timeout` seconds. Raises LauncherLost."""
        self._ended.wait(timeout)
        return self.exit

    @property
    def exit(self) -> Exit | None:
        """How it ended, or None. Raises LauncherLost."""
        if self._lost:
            raise LauncherLost("the launcher process ended, and the engine with it")
        return self._exit

    def signal(self, number: int) -> None:
        """Signal its whole process group; nothing happens when it has ended."""
        self._launcher.signal(self._identity, number)

    def await_start(self) -> None:
        """Wait until it has been executed. Raises ConfinementError."""
        self._started.wait()
        if self._error is not None:
            raise ConfinementError(f"cannot be executed: {self._error}")
        if self._lost:
            raise LauncherLost("the launcher process ended before the engine had started")

    def hear(self, message: dict[str, Any]) -> bool:
        """Take in what the launcher says about this child; True when it was the last word."""
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


class Launcher:
    """A launcher process, started on first use and again after it was lost."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._children: dict[int, Child] = {}
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The launcher's own process id, while it runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process, so that the first run need not wait for it."""
        with self._lock:
            self._ensure()

    def close(self) -> None:
        """End the launcher and with it every engine."""
        with self._lock:
            channel, process = self._channel, self._process
            self._channel = None
        if channel is None or process is None:
            return
        with contextlib.suppress(OSError):
            channel.shutdown(socket.SHUT_RDWR)
        try:
            process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def spawn(
        self,
        argv: Sequence[str],
        cwd: Path,
        output: Path,
        limits: ChildLimits,
        ended: threading.Event | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Child:
        """Execute `argv` in `cwd`, its output appended to `output`, in a session and with an environment of its own.

        `ended` is set when it ends; the caller may wait on it together with others. `variables` are added to the
        environment. Raises ConfinementError.
        """
        identity = next(self._numbers)
        child = Child(self, identity, ended or threading.Event())
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(cwd), "TMPDIR": str(cwd)}
        request = {
            "do": "spawn",
            "id": identity,
            "argv": list(argv),
            "cwd": str(cwd),
            "output": str(output),
            "env": {**environment, **(variables or {})},
            "memory": limits.memory_bytes,
            "file": limits.file_bytes,
            "sandbox": None if limits.sandbox is None else asdict(limits.sandbox),
        }
        with self._lock:
            # Sent to this very process and no later one, which would run it for nobody.
            channel = self._ensure()
            self._children[identity] = child
        try:
            channel.send(json.dumps(request).encode())
        except OSError as error:
            with self._lock:
                self._children.pop(identity, None)
            raise LauncherLost(f"the launcher process cannot be reached: {error.strerror}") from error
        child.await_start()
        return child

    def signal(self, identity: int, number: int) -> None:
        """Signal one child's process group; a launcher that is gone has taken it along."""
        with self._lock:
            channel = self._channel
        if channel is not None:
            with contextlib.suppress(OSError):
                channel.send(json.dumps({"do": "signal", "id": identity, "signal": int(number)}).encode())

    def _ensure(self) -> socket.socket:
        if self._channel is not None:
            return self._channel
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                process = subprocess.Popen(
                    [sys.executable, "-I", "-S", "-c", PROGRAM, str(HOME), str(theirs.fileno())],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    env={},
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise LauncherLost(f"the launcher process cannot be started: {error}") from error
        self._channel, self._process = ours, process
        threading.Thread(target=self._read, args=(ours, process), name="launcher", daemon=True).start()
        return ours

    def _read(self, channel: socket.socket, process: "subprocess.Popen[bytes]") -> None:
        while message := _receive(channel):
            said = json.loads(message)
            with self._lock:
                child = self._children.get(said["id"])
            if child is not None and child.hear(said):
                with self._lock:
                    self._children.pop(said["id"], None)
        with self._lock:
            if self._channel is channel:
                self._channel = None
            orphans, self._children = list(self._children.values()), {}
        channel.close()
        process.wait()
        for child in orphans:
            # The kernel kills the engine when its launcher dies, but not what the engine had started.
            if child.pid:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
            child.hear({"lost": True})


def _receive(channel: socket.socket) -> bytes:
    try:
        return channel.recv(MESSAGE_BYTES)
    except OSError:
        return b""
