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
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from shared.confinement.child import Child, ChildLimits, Preload
from shared.confinement.errors import ConfinementError, LauncherLost
from shared.confinement.job_child import REQUEST

MESSAGE_BYTES = 65536
#: What a job prints, in its directory.
OUTPUT = "output"
#: Directory that `shared` is imported from.
HOME = Path(__file__).resolve().parents[2]
#: The launcher runs isolated, and HOME is added to its path for the import of this package.
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from shared.confinement.launch_child import main; main()"
#: The launcher ends as soon as it has killed its engines; after this time it is taken for stopped or stuck, and killed.
CLOSE_SECONDS = 10.0
#: It starts a child in milliseconds, but imports what its jobs need before the first.
START_SECONDS = 120.0


class Launcher:
    """A launcher process, started on first use and restarted on the next use after it was lost. Thread-safe.

    It executes programs and, with a `preload`, does jobs of that module.
    """

    def __init__(self, preload: Preload | None = None, *, start_seconds: float = START_SECONDS) -> None:
        self._preload = preload
        self._start_seconds = start_seconds
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
        environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(cwd), "TMPDIR": str(cwd)}
        what = {"argv": list(argv), "job": "", "env": {**environment, **(variables or {})}}
        return self._start_child(what, cwd, output, limits, ended)

    def spawn_job(
        self, job: str, request: bytes, room: Path, limits: ChildLimits, ended: threading.Event | None = None
    ) -> Child:
        """Do a job of the preloaded module in the new directory `room`, where it leaves its reply in REPLY.

        Only an exit code of 0 means that there is a reply; it comes from a process that has read foreign text, so it
        must be checked. Raises ConfinementError, LauncherLost, OSError.
        """
        if self._preload is None:
            raise ValueError("this launcher has no jobs")
        room.mkdir(mode=0o700)
        (room / REQUEST).write_bytes(request)
        return self._start_child({"argv": [], "job": job, "env": {}}, room, room / OUTPUT, limits, ended)

    def _start_child(
        self, what: dict[str, Any], cwd: Path, output: Path, limits: ChildLimits, ended: threading.Event | None
    ) -> Child:
        identity = next(self._numbers)
        child = Child(partial(self.signal, identity), ended or threading.Event())
        request = {
            "do": "spawn",
            "id": identity,
            **what,
            "cwd": str(cwd),
            "output": str(output),
            "memory": limits.memory_bytes,
            "file": limits.file_bytes,
            "cpu": limits.cpu_seconds,
            "sandbox": None if limits.sandbox is None else asdict(limits.sandbox),
        }
        message = json.dumps(request).encode()
        if len(message) > MESSAGE_BYTES:
            raise ConfinementError("its sandbox has too many paths")
        with self._lock:
            # The request must go to this launcher process only: for a restarted one the child counts as lost already.
            channel = self._ensure()
            process = self._process
            self._children[identity] = child
        try:
            channel.send(message)
        except OSError as error:
            with self._lock:
                self._children.pop(identity, None)
            raise LauncherLost(f"the launcher process cannot be reached: {error.strerror}") from error
        if not child.await_start(self._start_seconds) and process is not None:
            # It is stopped or stuck. All its children end with it, and the next use starts another one.
            process.kill()
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
        # Without site-packages it starts faster and a fork copies less.
        isolated = ["-I", "-S"] if self._preload is None else ["-I"]
        jobs = () if self._preload is None else (self._preload.module, *self._preload.arguments)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            try:
                process = subprocess.Popen(
                    [sys.executable, *isolated, "-c", PROGRAM, str(HOME), str(theirs.fileno()), *jobs],
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
