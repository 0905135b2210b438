"""HTTP server of worker and scheduler: health check at /healthz and Prometheus metrics at /metrics."""

import json
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Check = Callable[[], str | None]

#: Connections that are handled at once; further ones are closed. A probe and a scrape need one each.
MAX_CONNECTIONS = 32


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
    """One thread per connection, so that a silent client delays no probe and not the end of the process."""

    daemon_threads = True

    def __init__(self, *args: Any, **options: Any) -> None:
        self._free = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(*args, **options)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Handle a connection in a new thread, or close it when there are too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except RuntimeError:  # the thread could not be started
            self._free.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Handle a connection, then make room for the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()


class HealthServer:
    """Serves /healthz and /metrics on `host:port` from its own threads; with port 0, `port` is the free one it took.

    `check` returns None when the service is healthy, else a sentence that describes the fault; then /healthz answers
    503. It must be safe to call from several threads at once.
    """

    def __init__(self, host: str, port: int, check: Check, registry: CollectorRegistry) -> None:
        self._check = check
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
        if environ["PATH_INFO"] == "/metrics":
            return cast(Iterable[bytes], self._metrics(environ, start))
        if environ["PATH_INFO"] != "/healthz":
            start("404 Not Found", [("Content-Type", "text/plain")])
            return [b"/healthz or /metrics\n"]
        fault = self._check()
        health = {"status": "ok"} if fault is None else {"status": "unhealthy", "detail": fault}
        body = {**health, "version": version("epsm")}
        start("200 OK" if fault is None else "503 Service Unavailable", [("Content-Type", "application/json")])
        return [json.dumps(body).encode() + b"\n"]
