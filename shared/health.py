"""HTTP server for probes and Prometheus in every service: /healthz, /metrics and, for the API, /readyz.

It has a port and threads of its own, so that it answers whatever the service is busy with.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from http import HTTPStatus
from importlib.metadata import version
from socket import SHUT_RDWR, socket
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Check = Callable[[], str | None]
Ready = Callable[[], tuple[Mapping[str, Any], int]]

#: Connections that are handled at once. A probe and a scrape need one each, so the oldest one above this is stuck.
MAX_CONNECTIONS = 32
#: How long a connection may be open; a probe gives up before.
TOTAL_SECONDS = 15.0
UNHEALTHY = HTTPStatus.SERVICE_UNAVAILABLE


class _Handler(WSGIRequestHandler):
    # Seconds that a client may send or read nothing. The server's own `timeout` has no effect on `serve_forever`.
    timeout = 5

    def handle(self) -> None:
        """Answer one request. A client that goes away or stays silent is no fault of ours and is not reported."""
        with suppress(TimeoutError, ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """Log nothing: probes come every few seconds."""


class _Server(ThreadingMixIn, WSGIServer):
    """One thread per connection; a connection that takes too long, or that is in the way of new ones, is closed."""

    daemon_threads = True

    def __init__(self, *args: Any, **options: Any) -> None:
        self._open: dict[socket, float] = {}
        self._changes = threading.Lock()
        super().__init__(*args, **options)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle a connection in a new thread; above MAX_CONNECTIONS, the oldest one is closed."""
        with self._changes:
            while len(self._open) >= MAX_CONNECTIONS:
                self._end(next(iter(self._open)))
            self._open[request] = time.monotonic()
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # the thread could not be started
            self._forget(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle a connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._forget(request)

    def service_actions(self) -> None:
        """End connections that have been open for too long; called by the server about twice a second."""
        with self._changes:
            late = [request for request, since in self._open.items() if since < time.monotonic() - TOTAL_SECONDS]
            for request in late:
                self._end(request)

    def _end(self, request: socket) -> None:
        # The thread that handles the connection notices the end and closes it.
        del self._open[request]
        with suppress(OSError):
            request.shutdown(SHUT_RDWR)

    def _forget(self, request: socket) -> None:
        with self._changes:
            self._open.pop(request, None)


class HealthServer:
    """Serves /healthz and /metrics on `host:port` from its own threads; with port 0, `port` is the free one it took.

    `check` returns None when the service is healthy, else a sentence that describes the fault; then /healthz answers
    503. `ready`, where the service has one, returns the JSON object and the status of /readyz. Both must be safe to
    call from several threads at once.
    """

    def __init__(
        self, host: str, port: int, check: Check, registry: CollectorRegistry, *, ready: Ready | None = None
    ) -> None:
        self._check, self._ready = check, ready
        self._metrics = make_wsgi_app(registry)
        self._server = make_server(host, port, self._answer, server_class=_Server, handler_class=_Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    def start(self) -> None:
        """Start to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port and wait until the thread that accepts connections has ended."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == "/metrics":
            return cast(Iterable[bytes], self._metrics(environ, start))
        if path == "/readyz" and self._ready is not None:
            return _json(start, *self._ready())
        if path == "/healthz":
            fault = self._check()
            health = {"status": "ok"} if fault is None else {"status": "unhealthy", "detail": fault}
            return _json(start, {**health, "version": version("epsm")}, HTTPStatus.OK if fault is None else UNHEALTHY)
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [b"/healthz or /metrics\n"]


def _json(start: "StartResponse", body: Mapping[str, Any], status: int) -> Iterable[bytes]:
    start(f"{status} {HTTPStatus(status).phrase}", [("Content-Type", "application/json")])
    return [json.dumps(body).encode() + b"\n"]
