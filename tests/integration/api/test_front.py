"""What the HTTP server does before and beside the views: attackers, event streams, refusals before the body."""

import http.client
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest

from deploy.local.postgres import PostgresServer
from tests.integration.api.guarded import POST, Guarded
from tests.integration.api.serving import LIMIT, ask, read_all, send, serving
from tests.servers import TEMPLATE
from tests.web_sockets import web_socket

BEGINNING = b'--cut\r\nContent-Disposition: form-data; name="models"; filename="a.idf"\r\n\r\nVersion,25.2;'
END = b"\r\n--cut--\r\n"
#: Addresses of attackers; the signed-in client is 127.0.0.1.
ATTACKERS = [f"127.0.0.{n}" for n in range(2, 10)]


def connect(stack: ExitStack, port: int, source: str) -> socket.socket:
    return stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 60, (source, 0))))


def until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def test_attackers_hold_no_thread(guarded: Guarded) -> None:
    """500 slow heads, 500 bodies that do not come, half of them signed in, and 2,000 silent connections."""
    token, attacker = guarded.token("good"), guarded.token("attacker")
    port = guarded.server.port
    with ExitStack() as stack:
        for number in range(3000):
            client = connect(stack, port, ATTACKERS[number % len(ATTACKERS)])
            if number < 500:
                client.sendall(b"GET /api/v1/simulations HTT")
            elif number < 1000:
                signed_in = number % 2
                client.sendall(guarded.head(attacker if signed_in else "wrong", "Content-Length: 100000") + b"--")
        assert until(lambda: guarded.server.metric("epsm_http_bodies_open") == 250)

        assert {guarded.get(token, "/api/v1/simulations") for _ in range(50)} == {200}
        assert guarded.server.metric("epsm_http_requests_active") == 0
        with closing(http.client.HTTPConnection("127.0.0.1", guarded.server.health_port, timeout=60)) as probe:
            for path in ("/healthz", "/readyz", "/metrics"):
                probe.request("GET", path)
                answer = probe.getresponse()
                answer.read()
                assert answer.status == 200
                probe.close()
    assert guarded.server.spool_is_empty()


def test_an_address_may_send_only_so_many_bodies_at_once(guarded: Guarded) -> None:
    token = guarded.token("busy")
    head = guarded.head(token, "Content-Length: 100000")
    with ExitStack() as stack:
        clients = [connect(stack, guarded.server.port, "127.0.0.20") for _ in range(101)]
        for client in clients:
            client.sendall(head)
        answers = []
        for client in clients:
            client.settimeout(0.02)
            with suppress(TimeoutError):
                answers.append(client.recv(65536))
        other = connect(stack, guarded.server.port, "127.0.0.21")
        other.sendall(guarded.head(token, f"Content-Length: {len(BEGINNING + END)}") + BEGINNING + END)

        assert other.recv(65536).startswith(b"HTTP/1.1 422 ")
    assert [answer[:13] for answer in answers] == [b"HTTP/1.1 429 "]
    assert b"retry-after: 5" in answers[0].lower()


def test_open_streams_hold_no_thread(guarded: Guarded) -> None:
    token = guarded.token("follower")
    before = guarded.server.status("Threads")
    request = f"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    with ExitStack() as stack:
        clients = [connect(stack, guarded.server.port, "127.0.0.1") for _ in range(500)]
        for client in clients:
            client.sendall(request)
        for client in clients:
            received = b""
            while b"\r\n\r\n" not in received or not received.endswith(b"\n\n\r\n"):
                received += client.recv(65536)
            assert received.startswith(b"HTTP/1.1 200 ")
            assert b"content-type: text/event-stream" in received

        assert guarded.server.metric("epsm_http_streams_open") == 500
        assert guarded.server.metric("epsm_http_requests_active") == 0
        # The pools start their threads when they are first used.
        assert guarded.server.status("Threads") - before < 12
        assert guarded.get(token, "/api/v1/simulations") == 200
    assert until(lambda: guarded.server.metric("epsm_http_streams_open") == 0)


def test_a_stream_needs_a_token(guarded: Guarded) -> None:
    assert guarded.get("wrong", "/api/v1/events") == 401


FORM = "multipart/form-data; boundary=cut"


def head_of(method: str, path: str, media_type: str = FORM, length: int = 9, *lines: str) -> str:
    """A head of a request with a token in the place of {}."""
    first = (f"{method} {path} HTTP/1.1", "Host: a", f"Content-Type: {media_type}", f"Content-Length: {length}")
    return "".join(f"{line}\r\n" for line in (*first, *(lines or ("Authorization: Bearer {}",)), ""))


SUBMISSIONS = "/api/v1/simulations"
EARLY = {
    "no token": (head_of("POST", SUBMISSIONS, FORM, 900_000, "X: 1"), b"401"),
    "no scope": (head_of("POST", "/api/v1/fleet/pause"), b"403"),
    "too large": (head_of("POST", SUBMISSIONS, FORM, 9_999_999), b"413"),
    "not a form": (head_of("POST", SUBMISSIONS, "text/plain"), b"415"),
    "no such page": (head_of("POST", "/api/v1/nothing"), b"404"),
    "wrong method": (head_of("PUT", SUBMISSIONS), b"405"),
    "expects to continue": (head_of("POST", SUBMISSIONS, FORM, 9, "Expect: 100-continue"), b"401"),
}


@pytest.mark.parametrize("case", EARLY)
def test_a_refusal_does_not_wait_for_the_body_and_writes_nothing(guarded: Guarded, case: str) -> None:
    request, status = EARLY[case]
    before = guarded.server.scratch.stat().st_mtime_ns

    answer = ask(guarded.server.port, request.format(guarded.token("early")).encode())

    assert answer.split(b" ")[1] == status
    assert b"connection: close" in answer.lower()
    assert guarded.server.scratch.stat().st_mtime_ns == before


def test_a_client_that_goes_on_sending_sees_the_refusal(guarded: Guarded) -> None:
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(f"{POST}Content-Length: {LIMIT}\r\n\r\n".encode())
        client.sendall(b"x" * (LIMIT - 1000))

        assert read_all(client).startswith(b"HTTP/1.1 401 ")


def test_a_client_that_expects_to_continue_is_told_to(guarded: Guarded) -> None:
    head = guarded.head(guarded.token("polite"), "Expect: 100-continue", f"Content-Length: {len(BEGINNING + END)}")
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(head)
        assert client.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(BEGINNING + END)

        assert client.recv(65536).startswith(b"HTTP/1.1 422 ")


def test_an_upload_cut_off_at_any_byte_leaves_nothing(guarded: Guarded) -> None:
    token = guarded.token("cut")
    body = BEGINNING + b'\r\n--cut\r\nContent-Disposition: form-data; name="spec"\r\n\r\n{}' + END
    head = guarded.head(token, f"Content-Length: {len(body)}")
    for end in range(0, len(body), 5):
        assert send(guarded.server.port, head, body[:end]).startswith(b"HTTP/1.1 400 "), end
    assert guarded.server.spool_is_empty()


def test_a_token_revoked_during_an_upload_is_refused_at_its_end(guarded: Guarded) -> None:
    token = guarded.token("revoked")
    head = guarded.head(token, f"Content-Length: {len(BEGINNING + END)}")
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(head + BEGINNING)
        assert until(lambda: guarded.server.metric("epsm_http_bodies_open") == 1)
        with guarded.database.transaction() as connection:
            connection.exec_driver_sql("UPDATE tokens SET revoked_at = now() WHERE owner = 'revoked'")
        client.sendall(END)

        assert client.recv(65536).startswith(b"HTTP/1.1 401 ")
    assert guarded.server.spool_is_empty()


def test_without_a_place_for_uploads_the_answer_is_503_and_comes_back(guarded: Guarded) -> None:
    scratch, token = guarded.server.scratch, guarded.token("no place")
    upload = guarded.head(token, f"Content-Length: {len(BEGINNING + END)}") + BEGINNING + END
    aside = scratch.rename(scratch.with_name("aside"))
    scratch.write_bytes(b"")
    try:
        answer = ask(guarded.server.port, upload)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"retry-after: 60\r\ncontent-type: application/problem+json" in answer.lower()
    finally:
        scratch.unlink()
        aside.rename(scratch)

    assert ask(guarded.server.port, upload).startswith(b"HTTP/1.1 422 ")
    assert guarded.server.spool_is_empty()
    assert guarded.server.metric("epsm_http_bodies_open") == 0


def test_answers_are_completed_after_sigterm_and_streams_end(postgres_server: PostgresServer, tmp_path: Path) -> None:
    postgres_server.create_database("ending", template=TEMPLATE)
    with serving(postgres_server.url("ending"), tmp_path) as server, ExitStack() as stack:
        stream, upload = (connect(stack, server.port, "127.0.0.1") for _ in range(2))
        stream.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        upload.sendall(f"{POST}Content-Length: {len(BEGINNING + END)}\r\n\r\n".encode() + BEGINNING)
        followed = stack.enter_context(web_socket(server.port, "/ws/system-resources/"))
        assert until(lambda: server.metric("epsm_http_bodies_open") == 1)
        os.kill(server.pid, signal.SIGTERM)

        assert followed.messages()[1] == 1001
        assert read_all(stream).endswith(b"0\r\n\r\n")
        upload.sendall(END)
        assert upload.recv(65536).startswith(b"HTTP/1.1 422 ")


def test_the_application_ends_with_the_server_that_started_it(postgres_server: PostgresServer, tmp_path: Path) -> None:
    postgres_server.create_database("orphan", template=TEMPLATE)
    with serving(postgres_server.url("orphan"), tmp_path) as server:
        worker = server.worker
        os.kill(server.pid, signal.SIGKILL)

        assert until(lambda: not Path(f"/proc/{worker}").exists())
