"""HTTP server of worker and scheduler: health check at /healthz and Prometheus metrics at /metrics."""

import json
import threading
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Check = Callable[[], str | None]


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """Log nothing: probes come every few seconds."""


class _Server(WSGIServer):
    # Seconds. A client that connects and sends nothing must not block the next probe without limit.
    timeout = 5


class HealthServer:
    """Serves /healthz and /metrics on `host:port` from its own thread; with port 0, `port` is the free one it took.

    `check` returns None when the service is healthy, else a sentence that describes the fault; then /healthz answers
    503.
    """

    def __init__(self, host: str, port: int, check: Check, registry: CollectorRegistry) -> None:
        self._check = check
        self._metrics = make_wsgi_app(registry)
        self._server = make_server(host, port, self._answer, server_class=_Server, handler_class=_Quiet)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, name="health", daemon=True)

    def start(self) -> None:
        """Start to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Close the port and wait until the thread has ended."""
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
