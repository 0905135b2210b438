"""The API as it is deployed: gunicorn with threads, and clients that do not finish what they begin."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.integration.api.conftest import ROOT

LIMIT = 1024**2
HEAD = b"POST /api/v1/simulations HTTP/1.1\r\nHost: epsm\r\nContent-Type: multipart/form-data; boundary=cut\r\n"
BEGINNING = b'--cut\r\nContent-Disposition: form-data; name="models"; filename="a.idf"\r\n\r\nVersion,25.2;'


@pytest.fixture
def port(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[int]:
    """A server's; a test's own parameter is what else it is told."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        free = int(probe.getsockname()[1])
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("EPSM_")},
        "EPSM_DATABASE_URL": database_url,
        "EPSM_BROKER_URL": "amqp://guest:guest@127.0.0.1:1/",
        "EPSM_STORAGE_URL": (tmp_path / "storage").as_uri(),
        "EPSM_SCRATCH_DIRECTORY": str(tmp_path / "scratch"),
        "EPSM_MAX_BODY_BYTES": str(LIMIT),
        "EPSM_API_PORT": str(free),
        "EPSM_API_THREADS": "4",
        **getattr(request, "param", {}),
    }
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "api_service"], env=environment, cwd=ROOT, stderr=log, stdout=log
        )
    try:
        _wait(free, server)
        yield free
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


def _send(port: int, *parts: bytes) -> bytes:
    """Send, say that nothing more comes, and read the answer."""
    with closing(socket.create_connection(("127.0.0.1", port), timeout=60)) as client:
        client.sendall(b"".join(parts))
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
    return answer


def _spool_is_empty(tmp_path: Path) -> bool:
    deadline = time.monotonic() + 30
    while list((tmp_path / "scratch").iterdir()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not list((tmp_path / "scratch").iterdir())


def test_a_client_that_sends_too_much_hears_so(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        body = BEGINNING + b" " * (LIMIT + LIMIT // 2)
        connection.request("POST", "/api/v1/simulations", body, {"Content-Type": "multipart/form-data; boundary=cut"})
        answer = connection.getresponse()

        assert answer.status == 413
        assert str(LIMIT).encode() in answer.read()


@pytest.mark.parametrize("port", [{"EPSM_AUTH": "required"}], indirect=True)
def test_a_stranger_who_sends_a_lot_hears_that_a_token_is_needed(port: int) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        body = BEGINNING + b" " * (LIMIT - 1000)
        connection.request("POST", "/api/v1/simulations", body, {"Content-Type": "multipart/form-data; boundary=cut"})
        answer = connection.getresponse()

        assert (answer.status, answer.getheader("WWW-Authenticate")) == (401, "Bearer")


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 9999\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BEGINNING)]
)
def test_a_client_that_goes_away_leaves_nothing_in_the_spool(port: int, tmp_path: Path, framing: bytes) -> None:
    answer = _send(port, HEAD, b"Connection: close\r\n", framing, BEGINNING)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert _spool_is_empty(tmp_path)
