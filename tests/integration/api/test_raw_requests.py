"""Shapes of raw HTTP requests, through the HTTP server: each has its answer, leaves no trace, and the server lives on.

`test_server.py` has 16 more, of bodies that contradict their heads, `test_front.py` those of refusals before the body.
"""

import json
import re
import socket
from contextlib import closing

import pytest

from tests.integration.api.guarded import Guarded
from tests.integration.api.serving import ask, read_all

LINE = b"GET /healthz HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
SOCKET = b"GET /ws/system-resources/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
#: Without a token, what is served is /healthz, and the answer to any other address is 401.
SHAPES = {
    "an absolute address": (b"GET http://localhost/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
    "an absolute address elsewhere": (b"GET http://evil.example/api/v1/runs HTTP/1.1\r\nHost: a\r\n\r\n", b"401"),
    "HTTP/1.0": (b"GET /healthz HTTP/1.0\r\n\r\n", b"200"),
    "HEAD": (b"HEAD /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
    "CONNECT": (b"CONNECT localhost:80 HTTP/1.1\r\nHost: localhost:80\r\n\r\n", b"401"),
    "OPTIONS of everything": (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a method that is none": (b"BREW /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a method that is no word": (b"G@T /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
    "an encoded path": (b"GET /%68ealthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
    "an encoded slash": (b"GET /api%2Fv1%2Fsimulations HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "an encoded NUL": (b"GET /healthz%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a NUL in the path": (b"GET /heal\0thz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
    "a space in the path": (b"GET /healthz x HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
    "a path that is no text": (b"GET /%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a path of two slashes": (b"GET //evil.example/healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a path upwards": (b"GET /x/../healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"401"),
    "a prefix from outside": (LINE + HOST + b"Script-Name: /x\r\n\r\n", b"200"),
    "a variable of the server": (LINE + HOST + b"Script_Name: /x\r\n\r\n", b"200"),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", b"400"),
    "an empty host": (b"GET /healthz HTTP/1.1\r\nHost: \r\n\r\n", b"400"),
    "two hosts": (LINE + HOST + b"Host: evil.example\r\n\r\n", b"400"),
    "the same host twice": (LINE + 2 * HOST + b"\r\n", b"400"),
    "a version that is none": (b"GET /healthz HTTP/3.7\r\nHost: localhost\r\n\r\n", b"400"),
    "no version": (b"GET /healthz\r\n\r\n", b"400"),
    "empty lines before the request": (b"\r\n\r\n" + LINE + HOST + b"\r\n", b"200"),
    "lines without a carriage return": (b"GET /healthz HTTP/1.1\nHost: localhost\n\n", b"200"),
    "a carriage return in a header": (LINE + HOST + b"X: a\rb\r\n\r\n", b"400"),
    "a folded header": (LINE + HOST + b"X: a\r\n b\r\n\r\n", b"400"),
    "a header without a colon": (LINE + HOST + b"nothing\r\n\r\n", b"400"),
    "a header without a name": (LINE + HOST + b": a\r\n\r\n", b"400"),
    "a header's name that is none": (LINE + HOST + b"X(: a\r\n\r\n", b"400"),
    "a space before the colon": (b"GET /healthz HTTP/1.1\r\nHost : localhost\r\n\r\n", b"400"),
    "a header with a NUL": (LINE + HOST + b"X: a\0b\r\n\r\n", b"400"),
    "a header that is no text": (LINE + HOST + b"X: \xff\xfe\r\n\r\n", b"200"),
    "a line larger than a head": (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", b"414"),
    "a header larger than a head": (LINE + HOST + b"X: " + b"a" * 70_000 + b"\r\n\r\n", b"431"),
    "a thousand headers": (LINE + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(1000)) + b"\r\n", b"431"),
    "another protocol": (LINE + HOST + b"Upgrade: h2c\r\nConnection: Upgrade\r\nHTTP2-Settings: AAMA\r\n\r\n", b"200"),
    "a WebSocket of another version": (SOCKET + b"Sec-WebSocket-Version: 7\r\nSec-WebSocket-Key: a\r\n\r\n", b"400"),
    "a WebSocket without a key": (SOCKET + b"Sec-WebSocket-Version: 13\r\n\r\n", b"400"),
}  # fmt: skip

JSON = b"POST /api/v1/tokens HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n"
JSON += b"Authorization: Bearer TOKEN\r\n"
CHUNKED = JSON + b"Transfer-Encoding: chunked\r\n\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
#: The same on a connection that stays open, and the request that closes it: the server may answer nothing in between.
KEPT = JSON.replace(b"Connection: close\r\n", b"")
LAST = LINE + HOST + b"Connection: close\r\n\r\n"
#: With a token: 422 is the answer to `{}`, which has come as a whole.
BODIES = {
    "the same length twice": (JSON + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", b"422"),
    "a list of lengths": (JSON + b"Content-Length: 2, 2\r\n\r\n{}", b"400"),
    "a length with a sign": (JSON + b"Content-Length: +2\r\n\r\n{}", b"400"),
    "a length beyond all numbers": (JSON + b"Content-Length: 99999999999999999999\r\n\r\n{}", b"400"),
    "chunks in capitals": (JSON + b"Transfer-Encoding: CHUNKED\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b"422"),
    "chunks and something else": (JSON + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", b"400"),
    "two encodings": (JSON + 2 * b"Transfer-Encoding: identity\r\n" + b"\r\n0\r\n\r\n", b"400"),
    "almost chunks": (JSON + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", b"400"),
    "chunks behind a control character": (JSON + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", b"400"),
    "chunks before a space": (JSON + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", b"400"),
    "chunks of HTTP/1.0": (CHUNKED.replace(b"1.1", b"1.0") + b"2\r\n{}\r\n0\r\n\r\n", b"400"),
    "an extension of a chunk": (CHUNKED + b"2;name=value\r\n{}\r\n0\r\n\r\n", b"422"),
    "an extension without an end": (CHUNKED + b"2;" + b"a" * 30_000 + b"\r\n{}\r\n0\r\n\r\n", b"400"),
    "a chunk size of 17 digits": (CHUNKED + b"10000000000000002\r\n{}\r\n0\r\n\r\n", b"400"),
    "a chunk size with a prefix": (CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n", b"400"),
    "a chunk size with a sign": (CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", b"400"),
    "a chunk longer than its size": (CHUNKED + b"2\r\n{}x\r\n0\r\n\r\n", b"400"),
    "a trailer": (CHUNKED + b"2\r\n{}\r\n0\r\nX: y\r\n\r\n", b"422"),
    "a token in a trailer": (
        CHUNKED.replace(b"Authorization: Bearer TOKEN\r\n", b"")
        + b"2\r\n{}\r\n0\r\nAuthorization: Bearer TOKEN\r\n\r\n",
        b"401",
    ),
    "another expectation": (JSON + b"Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", b"422"),
    "a request in a body": (KEPT + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED + LAST, b"400 200"),
    "a request in the body of a GET": (
        LINE + HOST + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED + LAST,
        b"200 200",
    ),
    "a request in a refused body": (
        KEPT.replace(b"TOKEN", b"wrong") + b"Content-Length: %d\r\n\r\n" % len(SMUGGLED) + SMUGGLED,
        b"401",
    ),
    "a request behind a length and chunks": (
        KEPT + b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n" + SMUGGLED,
        b"422",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SHAPES)
def test_a_shape_of_request_has_its_answer(guarded: Guarded, case: str) -> None:
    request, status = SHAPES[case]
    log = guarded.server.scratch.parent / "log"
    before = log.stat().st_size

    assert ask(guarded.server.port, request).split(b" ")[1] == status
    assert guarded.server.lives()
    # Heads may have secrets anywhere.
    assert log.stat().st_size == before


@pytest.mark.parametrize("case", BODIES)
def test_a_shape_of_body_has_its_answers(guarded: Guarded, case: str) -> None:
    request, statuses = BODIES[case]
    token = guarded.token("shapes")
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(request.replace(b"TOKEN", token.encode()))
        answers = re.findall(rb"HTTP/1.[01] (\d+) ", read_all(client))

    assert answers == statuses.split()
    assert guarded.server.lives()
    assert guarded.server.spool_is_empty()
    assert token.encode() not in (guarded.server.scratch.parent / "log").read_bytes()


def test_requests_on_one_connection_are_answered_in_order(guarded: Guarded) -> None:
    both = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(both)
        answer = read_all(client)

    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"401"]


def test_another_version_of_http_has_no_answer(guarded: Guarded) -> None:
    with closing(socket.create_connection(("127.0.0.1", guarded.server.port), timeout=60)) as client:
        client.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")

        assert read_all(client) == b""
    assert guarded.server.lives()


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
