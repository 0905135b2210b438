"""The API as deployed, behind its HTTP server: clients that send too slowly, too much or not to the end."""

import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import pytest

from deploy.local.postgres import PostgresServer
from tests.integration.api.serving import LIMIT, THREADS, Served, ask, read_all, send, serving
from tests.servers import TEMPLATE

HEAD = b"POST /api/v1/simulations HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=cut\r\n"
BEGINNING = b'--cut\r\nContent-Disposition: form-data; name="models"; filename="a.idf"\r\n\r\nVersion,25.2;'


@pytest.fixture(scope="module")
def server(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    postgres_server.create_database("served", template=TEMPLATE)
    with serving(postgres_server.url("served"), tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture(scope="module")
def impatient(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that waits at most a second for a client."""
    postgres_server.create_database("impatient", template=TEMPLATE)
    directory = tmp_path_factory.mktemp("impatient")
    with serving(
        postgres_server.url("impatient"), directory, EPSM_API_PATIENCE_SECONDS="1", EPSM_API_IDLE_SECONDS="1"
    ) as served:
        yield served


def test_a_client_that_sends_too_much_gets_413(server: Served) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        body = BEGINNING + b" " * (LIMIT + LIMIT // 2)
        connection.request("POST", "/api/v1/simulations", body, {"Content-Type": "multipart/form-data; boundary=cut"})
        answer = connection.getresponse()

        assert answer.status == 413
        assert str(LIMIT).encode() in answer.read()


def test_a_large_request_without_a_token_gets_401(database_url: str, tmp_path: Path) -> None:
    with (
        serving(database_url, tmp_path, EPSM_AUTH="required") as server,
        closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection,
    ):
        body = BEGINNING + b" " * (LIMIT - 1000)
        connection.request("POST", "/api/v1/simulations", body, {"Content-Type": "multipart/form-data; boundary=cut"})
        answer = connection.getresponse()

        assert (answer.status, answer.getheader("WWW-Authenticate")) == (401, "Bearer")


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 9999\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(BEGINNING)]
)
def test_a_client_that_goes_away_leaves_nothing_in_the_spool(server: Served, framing: bytes) -> None:
    answer = send(server.port, HEAD, b"Connection: close\r\n", framing, BEGINNING)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert server.spool_is_empty()


@contextmanager
def _clients(port: int, *sent: bytes) -> Iterator[list[socket.socket]]:
    """Twice as many clients as threads, each of which has sent `sent` and waits."""
    with ExitStack() as stack:
        clients = []
        for _ in range(2 * THREADS):
            client = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=30)))
            client.sendall(b"".join(sent))
            clients.append(client)
        yield clients


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /hea", b"GET /healthz HTTP/1.1\r\nHost: e", HEAD + b"X: 1\r\n"],
    ids=["nothing", "line", "head", "post"],
)
def test_clients_that_do_not_finish_a_request_hold_no_thread(impatient: Served, sent: bytes) -> None:
    with _clients(impatient.port, sent) as clients:
        assert impatient.lives()

        assert {read_all(client) for client in clients} == {b""}


def test_clients_that_do_not_finish_a_body_get_400_and_hold_no_thread(impatient: Served) -> None:
    with _clients(impatient.port, HEAD, b"Content-Length: 9999\r\n\r\n", BEGINNING) as clients:
        assert impatient.lives()

        answers = [read_all(client) for client in clients]
    assert {answer[:13] for answer in answers} == {b"HTTP/1.1 400 "}
    assert impatient.spool_is_empty()


def test_a_client_that_sends_a_little_now_and_then_is_not_waited_for(impatient: Served) -> None:
    with closing(socket.create_connection(("127.0.0.1", impatient.port), timeout=30)) as client:
        client.sendall(HEAD + b"Content-Length: 99999\r\n\r\n" + BEGINNING)
        deadline = time.monotonic() + 60
        client.settimeout(0.1)
        answer = b""
        while not answer and time.monotonic() < deadline:
            client.sendall(b"x")
            with suppress(TimeoutError):
                answer = client.recv(65536)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert impatient.spool_is_empty()


def test_an_upload_that_pauses_now_and_then_is_waited_for(impatient: Served) -> None:
    body = BEGINNING + b" " * 100_000
    with closing(socket.create_connection(("127.0.0.1", impatient.port), timeout=30)) as client:
        client.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % (len(body) + 9))
        for start in range(0, len(body), 20_000):
            client.sendall(body[start : start + 20_000])
            time.sleep(0.3)
        client.sendall(b"\r\n--cut--")

        # The request arrived completely: the only error is the missing weather.
        assert client.recv(65536).startswith(b"HTTP/1.1 422 ")


REQUESTS = {
    "a long request line": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a long query": b"GET /api/v1/runs?engine=" + b"a" * 9000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a long header": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 9000 + b"\r\n\r\n",
    "many headers": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 200 + b"\r\n",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "a length that is no number": HEAD + b"Content-Length: 1e3\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "a length and chunks": HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "another encoding": HEAD + b"Transfer-Encoding: gzip\r\n\r\nabc",
    "a chunk size that is none": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a chunk larger than it is": HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\nabc",
    "a chunk size that never ends": HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 3000,
    "more chunks than a body may have": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + (b"10000\r\n" + b"-" * 65536 + b"\r\n") * (LIMIT // 65536 + 2)
    + b"0\r\n\r\n",
    "no boundary": HEAD.replace(b"; boundary=cut", b"") + b"Content-Length: 3\r\n\r\nabc",
    "a boundary that is no ASCII": HEAD.replace(b"=cut", b"=\xc3\xbc") + b"Content-Length: 3\r\n\r\nabc",
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("case", REQUESTS)
def test_a_contradictory_request_is_refused(server: Served, case: str) -> None:
    answer = ask(server.port, REQUESTS[case])

    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), answer[:200]
    assert server.lives()
    assert server.spool_is_empty()
