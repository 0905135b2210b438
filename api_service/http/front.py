"""The ASGI application around the Flask application: sockets and bodies hold no thread, views have a bounded pool.

A request with a body comes to the application twice: its head on a small pool, so that a refusal does not wait for the
body, then the whole, when the body has been written to the spool. Event streams and WebSockets are coroutines.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Flask

from api_service.http.answer import Answer, call, refusal
from api_service.http.body import FORM, SPOOL, Body
from api_service.http.cross_origin import headers_for
from api_service.http.environ import environ_of, is_trusted, origin_of
from api_service.http.head import ADMITTED, BODY_FAULT, BODY_LIMIT, CONTINUE, HEAD_ONLY
from api_service.http.problem import Problem
from api_service.http.receiving import receive_body
from api_service.http.refused import refused
from api_service.http.server import CLOSING
from api_service.http.socket import Sockets
from api_service.http.spool import SpoolDirectory
from api_service.http.stream import STREAM, disconnected
from shared import metrics
from shared.logging import get_logger
from shared.settings import Settings

log = get_logger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]

#: Threads that check heads, and threads that write bodies: each call takes milliseconds.
HEAD_THREADS, WRITE_THREADS = 4, 2
TOO_MANY_BODIES = "This address is sending as many bodies at once as it may; try again when one has come"
#: An event loop that has not run for this long is stuck.
SILENT_SECONDS = 30.0
#: Bytes of a response that are given to the server at once; it keeps several of them for a client that does not read.
PART_BYTES = 64 * 1024
#: How much of a refused request is still read, so that a client that is sending sees the response and no reset.
DRAIN_SECONDS, DRAIN_BYTES = 2.0, 1024**2


class Front:
    """Serves `app`; created once per process, on the event loop that serves."""

    def __init__(
        self,
        app: Flask,
        settings: Settings,
        *,
        on_start: Callable[[asyncio.AbstractEventLoop], Any] = lambda _: None,
        on_end: Callable[[], Any] = lambda: None,
    ) -> None:
        self._app, self._settings = app, settings
        self._on_start, self._on_end = on_start, on_end
        self._heads = ThreadPoolExecutor(HEAD_THREADS, "head")
        self._views = ThreadPoolExecutor(settings.api_threads, "view")
        self._writers = ThreadPoolExecutor(WRITE_THREADS, "body")
        self._bodies: Counter[str] = Counter()
        #: Set when the process ends: event streams and WebSockets end, and other responses are completed.
        self.closing = asyncio.Event()
        self._sockets = Sockets(settings, partial(self._call, self._views), self.closing)
        self._last_tick = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request, serves one WebSocket, or follows the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            await self._sockets.serve(scope, receive, send)
            return
        try:
            environ = environ_of(scope, self._settings.trusted_proxies)
        except Problem as problem:
            await self._refuse(self._refusal(problem, scope["path"], origin_of(scope)), receive, send)
            return
        if "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH", "0") != "0":
            await self._with_body(environ, receive, send)
        else:
            await self._send(await self._call(self._views, environ), environ, receive, send)

    def fault(self) -> str | None:
        """Returns None when the event loop runs, else a sentence; called by the server for probes."""
        silent = time.monotonic() - self._last_tick
        return f"The event loop has not run for {silent:.0f} s" if silent > SILENT_SECONDS else None

    async def _live(self, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        ticking = asyncio.ensure_future(self._tick())
        loop.add_signal_handler(CLOSING, self.closing.set)
        self._on_start(loop)
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        ticking.cancel()
        for pool in (self._heads, self._views, self._writers):
            pool.shutdown(wait=False, cancel_futures=True)
        await loop.run_in_executor(None, self._on_end)
        await send({"type": "lifespan.shutdown.complete"})

    async def _tick(self) -> None:
        while True:
            self._last_tick = time.monotonic()
            await asyncio.sleep(1)

    def _refusal(self, problem: Problem, path: str, origin: str | None) -> Answer:
        problem.headers = {**problem.headers, **headers_for(origin, path, self._settings.trusted_origins)}
        return refusal(problem, path)

    async def _call(self, pool: ThreadPoolExecutor, environ: dict[str, Any]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(pool, call, self._app, environ)

    async def _with_body(self, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        head = await self._call(self._heads, {**environ, HEAD_ONLY: True})
        if head.status != CONTINUE:
            await self._refuse(head, receive, send)
            return
        client = environ["REMOTE_ADDR"]
        bounded = not is_trusted(client, self._settings.trusted_proxies)
        if bounded and self._bodies[client] >= self._settings.api_bodies_per_address:
            problem = refused("address_bodies", 429, TOO_MANY_BODIES, retry_after_seconds=5)
            await self._refuse(self._refusal(problem, environ["PATH_INFO"], environ.get("HTTP_ORIGIN")), receive, send)
            return
        self._bodies[client] += 1
        metrics.http_bodies_open.inc()
        spool = SpoolDirectory(self._settings.scratch_directory)
        environ |= {ADMITTED: True, BODY_LIMIT: head.environ[BODY_LIMIT], SPOOL: spool}
        try:
            limits = {"max_bytes": environ[BODY_LIMIT], "max_parts": self._app.config["MAX_FORM_PARTS"]}
            new_body = partial(Body, environ, spool, **limits)
            if fault := await receive_body(receive, new_body, self._writers, self._settings):
                environ[BODY_FAULT] = fault
            answer = await self._call(self._views, environ)
        finally:
            metrics.http_bodies_open.dec()
            self._bodies[client] -= 1
            if not self._bodies[client]:
                del self._bodies[client]
            for content in (environ.get(FORM), environ["wsgi.input"]):
                if content is not None:
                    content.close()
            await asyncio.get_running_loop().run_in_executor(self._writers, spool.remove)
        if BODY_FAULT in environ:
            await self._refuse(answer, receive, send)
        else:
            await self._send(answer, environ, receive, send)

    async def _send(self, answer: Answer, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        try:
            if STREAM in environ:
                await environ[STREAM](receive, partial(self._send_patiently, send), self.closing)
            elif answer.is_whole:
                await self._send_part(send, answer.first, more=False)
            else:
                await self._send_parts(answer, receive, send)
        except TimeoutError:
            log.info("response.abandoned", reason="the client does not read on")

    async def _send_parts(self, answer: Answer, receive: Receive, send: Send) -> None:
        loop, part = asyncio.get_running_loop(), answer.first
        gone = asyncio.ensure_future(disconnected(receive))
        try:
            while part and not gone.done():
                for start in range(0, len(part), PART_BYTES):
                    await self._send_part(send, part[start : start + PART_BYTES], more=True)
                part = await loop.run_in_executor(self._views, answer.next_part)
            if not part:
                await self._send_part(send, b"", more=False)
        finally:
            gone.cancel()
            await loop.run_in_executor(self._views, answer.close)

    async def _send_part(self, send: Send, part: bytes, *, more: bool) -> None:
        await self._send_patiently(send, {"type": "http.response.body", "body": part, "more_body": more})

    async def _send_patiently(self, send: Send, message: dict[str, Any]) -> None:
        async with asyncio.timeout(self._settings.api_patience_seconds):
            await send(message)

    async def _refuse(self, answer: Answer, receive: Receive, send: Send) -> None:
        """Sends an answer while the client may still be sending, reads on a little, and closes the connection."""
        headers = [*answer.headers, (b"connection", b"close")]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        with suppress(TimeoutError):
            await self._send_part(send, answer.first, more=True)
            async with asyncio.timeout(DRAIN_SECONDS):
                left = DRAIN_BYTES
                while left > 0 and (message := await receive()).get("more_body"):
                    left -= len(message["body"])
        await send({"type": "http.response.body", "body": b"", "more_body": False})
