"""The worker's side of the launcher: requests the launcher process to spawn engines and waits until they end.

A process with threads must not run Python code between fork and exec, and an engine must not outlive its worker.
Therefore engines are children of a small, single-threaded process, which is started once and kills them when the worker
has ended. When the launcher itself is killed, the kernel kills its engines (PR_SET_PDEATHSIG).
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
#: Directory that `shared` is imported from.
HOME = Path(__file__).resolve().parents[2]
#: The launcher runs isolated and without site-packages, so that it starts faster and a fork copies less. Only HOME is
#: added to its path, for the import of this package.
PROGRAM = "import sys; sys.path.append(sys.argv.pop(1)); from shared.confinement.launch_child import main; main()"
#: The launcher ends as soon as it has killed its engines; after this time it is taken for stopped or stuck, and killed.
CLOSE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """Resource limits and sandbox of one child; None is no limit. `file_bytes` limits each single file it writes."""

    memory_bytes: int | None = None
    file_bytes: int | None = None
    sandbox: Sandbox | None = None


class Child:
    """One spawned process. Thread-safe."""

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

    def signal(self, number: int) -> None:
        """Send a signal to its process group; does nothing when it has ended."""
        self._launcher.signal(self._identity, number)

    def await_start(self) -> None:
        """Wait until the program has been executed. Raises ConfinementError, LauncherLost."""
        self._started.wait()
        if self._error is not None:
            raise ConfinementError(f"cannot be executed: {self._error}")
        if self._lost:
            raise LauncherLost("the launcher process ended before the engine had started")

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


class Launcher:
    """A launcher process, started on first use and restarted on the next use after it was lost. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._children: dict[int, Child] = {}
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the launcher that was started last, None before the first start."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process now, so that the first run does not wait for it. Raises LauncherLost."""
        with self._lock:
            self._ensure()

    def close(self) -> None:
        """End the launcher and all its engines."""
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
        """Execute `argv` in `cwd`, in a new session, with a minimal environment and its output appended to `output`.

        The event `ended` is set when the child ends; the caller may use the same event for other purposes too.
        `variables` are added to the environment. Raises ConfinementError, LauncherLost.
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
            # The request must go to this launcher process only: for a restarted one the child counts as lost already.
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
        """Send a signal to one child's process group; does nothing when the launcher, and so the child, has ended."""
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
            # The kernel kills the engine when its launcher ends, but not processes that the engine had started.
            if child.pid:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(child.pid, signal.SIGKILL)
            child.hear({"lost": True})


def _receive(channel: socket.socket) -> bytes:
    try:
        return channel.recv(MESSAGE_BYTES)
    except OSError:
        return b""
