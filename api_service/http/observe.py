"""Observability of requests: correlation id (written to logs, passed on to the worker), duration, trace span."""

import re
import time
from contextlib import AbstractContextManager, nullcontext
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

from api_service.http.head import CONTINUE, is_head_only
from shared import metrics, tracing

HEADER = "X-Request-ID"
CALLER_HEADER = "traceparent"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def register(app: Flask) -> None:
    """Registers the hooks for all requests of the application."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def correlation_id() -> str:
    """Returns the id of the current request: the client's X-Request-ID if it is safe to log, else a generated id.

    For a traced request, the generated id is its traceparent, so that services that get the id can continue the trace.
    """
    if "correlation_id" not in g:
        g.correlation_id = _given_id() or tracing.carrier().get("traceparent") or uuid4().hex
    return str(g.correlation_id)


def _given_id() -> str | None:
    given = request.headers.get(HEADER, "")
    return given if _ACCEPTABLE.fullmatch(given) else None


def _begin() -> None:
    g.started = time.monotonic()
    metrics.http_requests_active.inc()
    g.span = _span()
    g.span.__enter__()
    # A thread serves many requests: the log context of the last one must not appear in the logs of this one.
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=correlation_id())


def _end(response: Response) -> Response:
    response.headers[HEADER] = correlation_id()
    response.headers["X-Content-Type-Options"] = "nosniff"
    if response.status_code == CONTINUE:
        # The request is counted when its body has come.
        return response
    method, route = _method_and_route()
    metrics.http_request_seconds.labels(method, route, str(response.status_code)).observe(time.monotonic() - g.started)
    tracing.note({"http.response.status_code": response.status_code}, failed=response.status_code >= 500)
    return response


def _leave(_error: BaseException | None) -> None:
    metrics.http_requests_active.dec()
    g.pop("span", nullcontext()).__exit__(None, None, None)


def _span() -> AbstractContextManager[None]:
    if request.blueprint == "health" or is_head_only():
        # Probes and Prometheus call every few seconds; traces of these requests are of no use. The span of a request
        # with a body begins when the body has come.
        return nullcontext()
    method, route = _method_and_route()
    given, caller = _given_id(), request.headers.get(CALLER_HEADER)
    return tracing.span(
        f"{method} {route}",
        # A client's own id is stored with the simulation, so it determines the trace; the caller's trace is linked.
        of=given or caller,
        caller=caller if given else None,
        kind="server",
        attributes={"http.request.method": method, "http.route": route, "url.path": request.path},
    )


def _method_and_route() -> tuple[str, str]:
    route = request.url_rule.rule if request.url_rule is not None else "unmatched"
    return request.method if request.method in _METHODS else "other", route
