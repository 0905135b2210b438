"""Tracing with OpenTelemetry; imported by `shared.tracing` only, and only when tracing is on.

Everything else (sampling, headers for the receiver) is configured by OpenTelemetry's own OTEL_* variables.
"""

import hashlib
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.metadata import version

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import Link, SpanKind, StatusCode, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.tracing.span import Attributes, Kind

#: Longest wait for the receiver when a process ends; a drained worker has little time left.
FLUSH_SECONDS = 5.0
#: A client's correlation id that is already a valid trace id; many proxies generate such ids.
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")

_W3C = TraceContextTextMapPropagator()
#: Correlation id that determines the trace id of the span that is being started, when it has no parent.
_joining: ContextVar[str | None] = ContextVar("joining", default=None)


class OtlpTracer:
    """Creates spans and sends them from its own thread; spans that the receiver does not accept in time are dropped."""

    def __init__(self, service: str, endpoint: str) -> None:
        # Log an unreachable receiver once per batch, not at every try.
        logging.getLogger("opentelemetry").setLevel(logging.ERROR)
        resource = Resource.create({"service.name": f"epsm-{service}", "service.version": version("epsm")})
        self._provider = TracerProvider(resource=resource, id_generator=_Ids(), shutdown_on_exit=False)
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("epsm")

    def close(self) -> None:
        """Send the remaining spans; give up after FLUSH_SECONDS."""
        flush = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        flush.start()
        flush.join(FLUSH_SECONDS)

    @contextmanager
    def span(
        self, name: str, *, of: str | None, caller: str | None, kind: Kind, attributes: Attributes | None
    ) -> Iterator[None]:
        """See `tracing.span`."""
        context = None if of is None else _W3C.extract({"traceparent": of}, Context())
        led_here = get_current_span(_W3C.extract({"traceparent": caller or ""}, Context())).get_span_context()
        token = _joining.set(of)
        try:
            started = self._tracer.start_span(
                name,
                context,
                SpanKind[kind.upper()],
                attributes,
                links=[Link(led_here)] if led_here.is_valid else [],
            )
        finally:
            _joining.reset(token)
        with use_span(started, end_on_exit=True):
            yield

    def note(self, attributes: Attributes, *, failed: bool) -> None:
        """See `tracing.note`."""
        current = get_current_span()
        current.set_attributes(attributes)
        if failed:
            current.set_status(StatusCode.ERROR)

    def carrier(self) -> dict[str, str]:
        """See `tracing.carrier`."""
        carrier: dict[str, str] = {}
        _W3C.inject(carrier)
        return carrier


class _Ids(RandomIdGenerator):
    """Random ids, but a trace id that is derived from the correlation id where there is one: equal in all processes."""

    def generate_trace_id(self) -> int:
        correlation_id = _joining.get()
        if correlation_id is None:
            return super().generate_trace_id()
        if _TRACE_ID.fullmatch(correlation_id):
            return int(correlation_id, 16)
        return int.from_bytes(hashlib.sha256(correlation_id.encode()).digest()[:16])
