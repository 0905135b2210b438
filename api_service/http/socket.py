"""WebSockets: what a view leaves for the server, and all open ones of this process; each is a coroutine, not a thread.

The handshake is an ordinary request for a view, so that everything that is registered for requests may refuse it. The
view calls `respond_with_socket`, and the server then runs its coroutines until the first of them ends the WebSocket.
What clients send is ignored.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from flask import Response, request

from api_service.http.answer import Answer, refusal
from api_service.http.environ import environ_of, is_trusted
from api_service.http.problem import Problem
from api_service.http.refused import refused
from api_service.http.stream import Receive
from api_service.http.stream import Send as SendMessage
from shared import metrics
from shared.logging import get_logger
from shared.settings import Settings

log = get_logger(__name__)

#: Keys in the WSGI environment: whether the request is a handshake, and the coroutines that the view has left.
HANDSHAKE, FEEDS = "epsm.handshake", "epsm.feeds"
SCHEMES = {"ws": "http", "wss": "https"}
PATHS = "/ws/"
#: Codes of RFC 6455 for the end of a WebSocket.
NORMAL, GOING_AWAY, POLICY, TOO_BIG, INTERNAL_ERROR = 1000, 1001, 1008, 1009, 1011
#: Of what a client sends, although nothing is expected, so much is read: one message in this time, and no larger one.
MESSAGE_SECONDS, MESSAGE_CHARACTERS = 1.0, 1024
TOO_MANY, TOO_MANY_HERE = "Too many WebSockets are open at the moment", "This address has too many WebSockets open"

SendText = Callable[[str], Awaitable[None]]
#: Sends texts to the client; returns the code with which the WebSocket ends.
Feed = Callable[[SendText], Awaitable[int]]
#: Calls the application.
Call = Callable[[dict[str, Any]], Awaitable[Answer]]


def is_socket() -> bool:
    """Whether the current request is the handshake of a WebSocket."""
    return HANDSHAKE in request.environ


def respond_with_socket(*feeds: Feed) -> Response:
    """Opens a WebSocket; the first feed that returns ends it. Raises Problem when the client asked for none."""
    if not is_socket():
        raise Problem(426, "This address is for WebSockets", headers={"Upgrade": "websocket"})
    request.environ[FEEDS] = feeds
    return Response(status=101)


class Sockets:
    """Serves WebSockets; `call` has the application answer the handshake, `closing` ends all of them."""

    def __init__(self, settings: Settings, call: Call, closing: asyncio.Event) -> None:
        self._settings, self._call, self._closing = settings, call, closing
        self._open: Counter[str] = Counter()

    async def serve(self, scope: MutableMapping[str, Any], receive: Receive, send: SendMessage) -> None:
        """Answers a handshake, and runs the WebSocket until its end."""
        await receive()
        try:
            as_request = {**scope, "method": "GET", "scheme": SCHEMES[scope["scheme"]]}
            environ = environ_of(as_request, self._settings.trusted_proxies)
            # With it, Werkzeug would answer 400 to unknown addresses.
            environ.pop("HTTP_UPGRADE", None)
            client = environ["REMOTE_ADDR"]
            self._check(environ["PATH_INFO"], client)
        except Problem as problem:
            await _refuse(send, refusal(problem, scope["path"]))
            return
        self._open[client] += 1
        metrics.http_sockets_open.inc()
        try:
            answer = await self._call(environ | {HANDSHAKE: True})
            if FEEDS in answer.environ:
                await self._run(answer.environ[FEEDS], receive, send)
            else:
                await _refuse(send, answer)
        finally:
            metrics.http_sockets_open.dec()
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    def _check(self, path: str, client: str) -> None:
        if not path.startswith(PATHS):
            raise Problem(404, "There is no WebSocket at this address")
        if self._open.total() >= self._settings.api_sockets:
            raise refused("sockets", 429, TOO_MANY, retry_after_seconds=5)
        bounded = not is_trusted(client, self._settings.trusted_proxies)
        if bounded and self._open[client] >= self._settings.api_sockets_per_address:
            raise refused("sockets", 429, TOO_MANY_HERE, retry_after_seconds=5)

    async def _run(self, feeds: tuple[Feed, ...], receive: Receive, send: SendMessage) -> None:
        async def send_text(text: str) -> None:
            await self._send(send, {"type": "websocket.send", "text": text})

        await send({"type": "websocket.accept"})
        ends = [
            asyncio.ensure_future(end) for end in (*(feed(send_text) for feed in feeds), _listen(receive), self._end())
        ]
        code = INTERNAL_ERROR
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            code = next(end for end in ends if end.done()).result()
        except TimeoutError:
            log.info("socket.abandoned", reason="the client does not read on")
        except Exception:
            log.exception("socket.failed")
        finally:
            for end in ends:
                end.cancel()
            await asyncio.gather(*ends, return_exceptions=True)
            with suppress(TimeoutError):
                await self._send(send, {"type": "websocket.close", "code": code})

    async def _send(self, send: SendMessage, message: dict[str, Any]) -> None:
        async with asyncio.timeout(self._settings.api_patience_seconds):
            await send(message)

    async def _end(self) -> int:
        await self._closing.wait()
        return GOING_AWAY


async def _listen(receive: Receive) -> int:
    """Returns when the client has gone, or has sent too much at once."""
    while (message := await receive())["type"] != "websocket.disconnect":
        if len(message.get("text") or message.get("bytes") or "") > MESSAGE_CHARACTERS:
            return TOO_BIG
        await asyncio.sleep(MESSAGE_SECONDS)
    return NORMAL


async def _refuse(send: SendMessage, answer: Answer) -> None:
    """Answers the handshake with an ordinary response."""
    # The server adds the length.
    headers = [header for header in answer.headers if header[0] != b"content-length"]
    await send({"type": "websocket.http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": answer.first})
    answer.close()
