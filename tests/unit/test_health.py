"""The health server of worker and scheduler answers whatever other clients do."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry

from shared import health
from shared.health import HealthServer

#: Seconds; far longer than any answer takes.
PATIENCE = 30


@pytest.fixture
def server() -> Iterator[HealthServer]:
    server = HealthServer("127.0.0.1", 0, lambda: None, CollectorRegistry())
    server.start()
    yield server
    server.stop()


@pytest.fixture
def clients() -> Iterator[ExitStack]:
    """Connections that are closed at the end of the test, before the server is stopped."""
    with ExitStack() as stack:
        yield stack


def _connect(server: HealthServer, *, sent: bytes = b"") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)
    client.sendall(sent)
    return client


def _status(server: HealthServer) -> int:
    with urlopen(f"http://127.0.0.1:{server.port}/healthz", timeout=PATIENCE) as answer:
        return int(answer.status)


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HTTP/1.1\r\nHost: a"], ids=["nothing", "half a request"])
def test_a_silent_client_blocks_no_other_request(
    server: HealthServer, clients: ExitStack, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health._Handler, "timeout", None)
    clients.enter_context(_connect(server, sent=sent))

    assert [_status(server), _status(server)] == [200, 200]


def test_a_silent_client_does_not_delay_the_stop(clients: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health._Handler, "timeout", None)
    server = HealthServer("127.0.0.1", 0, lambda: None, CollectorRegistry())
    server.start()
    clients.enter_context(_connect(server))
    assert _status(server) == 200, "connections are accepted in order, so the silent one has been accepted"

    server.stop()

    with pytest.raises(URLError):
        _status(server)


def test_a_silent_client_is_disconnected_without_a_traceback(
    server: HealthServer, clients: ExitStack, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health._Handler, "timeout", 0.01)
    client = clients.enter_context(_connect(server))

    assert client.recv(1) == b""
    assert capfd.readouterr().err == ""


def test_the_oldest_connection_makes_room_for_a_new_one(
    server: HealthServer, clients: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health._Handler, "timeout", None)
    monkeypatch.setattr(health, "MAX_CONNECTIONS", 1)
    oldest = clients.enter_context(_connect(server))

    assert _status(server) == 200
    assert oldest.recv(1) == b""


def test_a_connection_is_ended_after_a_total_time(
    server: HealthServer, clients: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health._Handler, "timeout", None)
    monkeypatch.setattr(health, "TOTAL_SECONDS", 0.0)
    client = clients.enter_context(_connect(server, sent=b"GET /healthz HTTP/1.1\r\n"))

    assert client.recv(1) == b""
