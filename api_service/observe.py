"""What is noted of every request: its id, which goes into logs and on to the worker, and how long it took."""

import re
import time
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from shared import metrics

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def register(app: Flask) -> None:
    """Watch all requests of the application."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _: metrics.http_requests_active.dec())


def correlation_id() -> str:
    """The id of the current request: the client's own X-Request-ID when it is one that can go into a log."""
    if "correlation_id" not in g:
        given = request.headers.get(HEADER, "")
        g.correlation_id = given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
    return str(g.correlation_id)


def _begin() -> None:
    g.started = time.monotonic()
    metrics.http_requests_active.inc()
    # A thread serves many requests, and what the last one left must not show up in this one's logs.
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id())


def _end(response: Response) -> Response:
    response.headers[HEADER] = correlation_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    route = request.url_rule.rule if request.url_rule is not None else "unmatched"
    method = request.method if request.method in _METHODS else "other"
    metrics.http_request_seconds.labels(method, route, str(response.status_code)).observe(time.monotonic() - g.started)
    return response
