"""Jobs that misbehave, in the place of those that read foreign text."""

import errno
import json
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

SECRET = "EPSM_SECRET_OF_TEST"


def preload(*arguments: str) -> None:
    """Nothing to load."""


def answer(job: str, request: bytes) -> bytes:
    """Do what the job is named after."""
    return DO[job](json.loads(request)["path"])


def _descriptors(_: str) -> bytes:
    return _reply(*(str(number) for number in range(256) if _is_open(number)))


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _full(_: str) -> bytes:
    raise OSError(errno.ENOSPC, "No space left on device")


def _sleep(_: str) -> bytes:
    Path("started").touch()
    time.sleep(600)
    return _reply()


def _spin(_: str) -> bytes:
    while True:
        pass


def _ignore_and_spin(_: str) -> bytes:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    return _spin(_)


def _signal(number: int) -> bytes:
    os.kill(os.getpid(), number)
    return _reply()


def _fault(_: str) -> bytes:
    raise KeyError("a fault of ours")


def _reply(*lines: str) -> bytes:
    return json.dumps({"value": {"lines": lines}}).encode()


DO: dict[str, Callable[[str], bytes]] = {
    "descriptors": _descriptors,
    "environment": lambda _: _reply(*(name for name in os.environ if name == SECRET)),
    "memory": lambda size: _reply(str(len(bytes(int(size))))),
    "processor": _spin,
    "stubborn": _ignore_and_spin,
    "sleep": _sleep,
    "crash": lambda _: _signal(signal.SIGSEGV),
    "kill": lambda _: _signal(signal.SIGKILL),
    "write": lambda _: _reply(str(Path("large").write_bytes(bytes(1 << 22)))),
    "read": lambda path: _reply(Path(path).read_text()),
    "connect": lambda port: _reply(str(socket.create_connection(("127.0.0.1", int(port))))),
    "fork": lambda _: _reply(str(os.fork())),
    "limits": lambda _: _reply(str(resource.getrlimit(resource.RLIMIT_NOFILE)[0])),
    "nonsense": lambda _: b"\xff{",
    "much": lambda _: _reply("x" * (33 << 20)),
    "other": lambda _: b'{"value":{"lines":7}}',
    "fault": _fault,
    "full": _full,
}
