"""Starts the API as it is deployed, behind its HTTP server, and talks to it over plain sockets."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.local.ports import free_ports
from tests.models import ROOT

LIMIT = 1024**2
THREADS = 4


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    health_port: int
    scratch: Path
    pid: int

    def spool_is_empty(self) -> bool:
        deadline = time.monotonic() + 30
        while list(self.scratch.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return not list(self.scratch.iterdir())

    @property
    def worker(self) -> int:
        """Id of the process that runs the application."""
        (worker,) = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return int(worker)

    def status(self, name: str) -> int:
        """A number of /proc/PID/status of the application: `Threads`, or `VmRSS` in KiB."""
        found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{self.worker}/status").read_text(), re.MULTILINE)
        assert found is not None
        return int(found[1])

    def metric(self, name: str) -> float:
        """The value of a metric without labels, from the port for probes."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.health_port, timeout=30)) as connection:
            connection.request("GET", "/metrics")
            found = re.search(rf"^{name} (\S+)$", connection.getresponse().read().decode(), re.MULTILINE)
        assert found is not None
        return float(found[1])

    def lives(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200


@contextmanager
def serving(database_url: str, tmp_path: Path, tree: Path = ROOT, /, **settings: str | None) -> Iterator[Served]:
    """Starts the server of a source tree and ends it; yields when it answers. A setting None is left out."""
    free, health = free_ports(2)
    variables = {
        "EPSM_DATABASE_URL": database_url,
        "EPSM_BROKER_URL": "amqp://guest:guest@127.0.0.1:1/",
        "EPSM_STORAGE_URL": (tmp_path / "storage").as_uri(),
        "EPSM_SCRATCH_DIRECTORY": str(tmp_path / "scratch"),
        "EPSM_MAX_BODY_BYTES": str(LIMIT),
        "EPSM_API_PORT": str(free),
        "EPSM_API_HEALTH_PORT": str(health),
        "EPSM_API_THREADS": str(THREADS),
        **settings,
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("EPSM_")}
    environment = inherited | {name: value for name, value in variables.items() if value is not None}
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "api_service"], env=environment, cwd=tree, stderr=log, stdout=log
        )
    try:
        _wait(free, server)
        yield Served(free, health, tmp_path / "scratch", server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def _wait(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            try:
                connection.request("GET", "/healthz")
                assert connection.getresponse().status == 200
            except ConnectionError:
                time.sleep(0.05)
            else:
                return
    pytest.fail("the server did not come up")


def send(port: int, *parts: bytes) -> bytes:
    """Sends all bytes, closes the sending side and reads the response."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as client:
        client.sendall(b"".join(parts))
        client.shutdown(socket.SHUT_WR)
        return read_all(client)


def ask(port: int, request: bytes) -> bytes:
    """Sends a request and reads the response up to its body."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as client:
        client.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (chunk := client.recv(65536)):
            answer += chunk
    return answer


def read_all(client: socket.socket) -> bytes:
    answer = b""
    while chunk := client.recv(65536):
        answer += chunk
    return answer
