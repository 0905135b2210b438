"""The HTTP server: Granian, with one worker process that runs the ASGI application.

Granian (Rust, hyper) reads heads and writes responses outside Python, so that a slow client costs memory and no thread.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
from types import FrameType

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from shared.settings import Settings

#: Of Linux's prctl(2).
PR_SET_PDEATHSIG = 1
#: Maximum size of a request's head.
HEAD_BYTES = 64 * 1024
#: How long requests may still take after SIGTERM, in seconds.
GRACEFUL_SECONDS = 15
#: Sent to the worker process before its end, so that event streams end while other responses are completed.
CLOSING = signal.SIGUSR1
#: Files that a process needs besides its connections.
OTHER_FILES = 512


def serve(target: str, settings: Settings) -> None:
    """Serves the ASGI application that `target` ("module:factory") creates, until SIGTERM or SIGINT."""
    _raise_file_limit(settings.api_connections + OTHER_FILES)
    server = Granian(
        target,
        factory=True,
        address=settings.api_host,
        port=settings.api_port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        # One process, so that /metrics covers all requests. For more requests at once, add threads, then containers.
        workers=1,
        workers_kill_timeout=GRACEFUL_SECONDS,
        backlog=1024,
        # A connection takes a place before its first byte, so this bounds the connections.
        backpressure=settings.api_connections,
        http1_settings=HTTP1Settings(
            header_read_timeout=round(settings.api_idle_seconds * 1000), max_buffer_size=HEAD_BYTES
        ),
        log_level=LogLevels.warning,
    )
    server.on_startup(_announce_end)
    server.serve()


def end_with_parent() -> None:
    """Ends this worker process when the process that started it is killed: it would keep the port."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _announce_end() -> None:
    # A worker process inherits this until it has a handler of its own.
    signal.signal(CLOSING, signal.SIG_IGN)
    for number in (signal.SIGTERM, signal.SIGINT):
        _prepend(number)


def _prepend(number: signal.Signals) -> None:
    handler = signal.getsignal(number)

    def announce(received: int, frame: FrameType | None) -> None:
        for worker in multiprocessing.active_children():
            if worker.pid is not None:
                os.kill(worker.pid, CLOSING)
        if callable(handler):
            handler(received, frame)

    signal.signal(number, announce)


def _raise_file_limit(wanted: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
