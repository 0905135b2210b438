"""Shapes of raw HTTP requests, through the HTTP server."""

import json
import re
import socket
from contextlib import closing

import pytest

from tests.integration.api.guarded import Guarded
from tests.integration.api.serving import ask, read_all

SHAPES = {
    "an absolute address": (b"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
    "HTTP/1.0": (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
    "HEAD": (b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
    "an encoded path": (b"GET /%68ealthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
    "an encoded slash": (b"GET /api%2Fv1%2Fsimulations HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a path that is no text": (b"GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a prefix from outside": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nScript-Name: /x\r\n\r\n", b"200"),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", b"400"),
    "a version that is none": (b"GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n", b"400"),
    "a header without a colon": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nnothing\r\n\r\n", b"400"),
    "a space before the colon": (b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n", b"400"),
    "a header with a NUL": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", b"400"),
}  # fmt: skip


@pytest.mark.parametrize("case", SHAPES)
def test_a_shape_of_request_has_its_answer(guarded: Guarded, case: str) -> None:
    request, status = SHAPES[case]

    assert ask(guarded.server.port, request).split(b" ")[1] == status


def test_requests_on_one_connection_are_answered_in_order(guarded: Guarded) -> None:
    both = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(both)
        answer = read_all(client)

    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"401"]


def test_malformed_heads_are_not_logged(guarded: Guarded) -> None:
    secret = b"epsm_a-secret-in-a-head"
    ask(guarded.server.port, b"GET /healthz?t=" + secret + b" NONSENSE\r\n\r\n")
    ask(guarded.server.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + secret + b"\r\n\r\n")

    assert secret not in (guarded.server.scratch.parent / "log").read_bytes()


def test_json_bodies_in_chunks_are_read(guarded: Guarded) -> None:
    body = json.dumps({"models": []}).encode()
    head = guarded.head(guarded.token("chunks"), "Transfer-Encoding: chunked").replace(
        b"multipart/form-data; boundary=cut", b"application/json"
    )
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(head + b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))

        assert client.recv(65536).startswith(b"HTTP/1.1 422 ")
