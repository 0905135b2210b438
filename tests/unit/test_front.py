"""The ASGI application without its server: clients that stop reading are let go, and what they hold is released."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from flask import Flask, Response

from api_service.http.front import Front
from api_service.http.socket import NORMAL, SendText, respond_with_socket
from api_service.http.stream import Receive, Send, respond_with_stream
from shared.settings import Settings

SCOPE = {"path": "/ws/x", "query_string": b"", "http_version": "1.1", "headers": [(b"host", b"a")]}
SCOPE |= {"client": ("127.0.0.1", 9), "server": ("127.0.0.1", 8000)}
HTTP, SOCKET = {"type": "http", "method": "GET", "scheme": "http"}, {"type": "websocket", "scheme": "ws"}
PATIENCE = Settings(api_patience_seconds=0.01)


class StuckClient:
    """A client that reads `reads` messages and then no more; it says nothing, and does not go."""

    def __init__(self, reads: int) -> None:
        self._reads = reads
        self.read: list[Mapping[str, Any]] = []

    async def receive(self) -> Mapping[str, Any]:
        return await asyncio.Future()

    async def send(self, message: Mapping[str, Any]) -> None:
        if len(self.read) == self._reads:
            await asyncio.Future()
        self.read.append(message)


def served(view: Callable[[], Response], scope: Mapping[str, Any], client: StuckClient) -> None:
    app = Flask("tests")
    app.add_url_rule("/ws/x", view_func=view)

    async def serve() -> None:
        if scope["type"] == "websocket":
            connect = iter([{"type": "websocket.connect"}])
            await Front(app, PATIENCE)({**SCOPE, **scope}, lambda: _next_or(connect, client.receive), client.send)
        else:
            await Front(app, PATIENCE)({**SCOPE, **scope}, client.receive, client.send)

    asyncio.run(serve())


async def _next_or(first: Any, receive: Callable[[], Awaitable[Any]]) -> Any:
    for message in first:
        return message
    return await receive()


def test_a_follower_of_a_stream_that_stops_reading_is_let_go() -> None:
    ends: list[str] = []

    async def stream(receive: Receive, send: Send, closing: asyncio.Event) -> None:
        try:
            while True:
                await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        finally:
            ends.append("released")

    client = StuckClient(reads=4)
    served(lambda: respond_with_stream(stream), HTTP, client)

    assert [message["type"] for message in client.read] == ["http.response.start", *["http.response.body"] * 3]
    assert ends == ["released"]


def test_a_client_of_a_web_socket_that_stops_reading_is_let_go() -> None:
    ends: list[str] = []

    async def feed(send: SendText) -> int:
        try:
            while True:
                await send("{}")
        finally:
            ends.append("released")

    client = StuckClient(reads=3)
    served(lambda: respond_with_socket(feed), SOCKET, client)

    sent = [message["type"].removeprefix("websocket.") for message in client.read]
    assert (sent, ends) == (["accept", "send", "send"], ["released"])


@pytest.mark.parametrize("fault", [None, ValueError("broken")])
def test_the_first_feed_that_ends_ends_the_web_socket_and_the_others(fault: Exception | None) -> None:
    ends: list[str] = []

    async def endless(_: SendText) -> int:
        try:
            return await asyncio.Future()
        finally:
            ends.append("released")

    async def short(send: SendText) -> int:
        await send("{}")
        if fault:
            raise fault
        return NORMAL

    client = StuckClient(reads=9)
    served(lambda: respond_with_socket(endless, short), SOCKET, client)

    assert client.read[-1] == {"type": "websocket.close", "code": 1011 if fault else 1000}
    assert ends == ["released"]


def test_a_feed_needs_a_web_socket() -> None:
    app = Flask("tests")

    with app.test_request_context("/ws/x"), pytest.raises(Exception, match="This address is for WebSockets"):
        respond_with_socket()
