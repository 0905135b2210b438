"""Distributed tracing: one trace per simulation, from the request through its messages to the EnergyPlus processes.

Off unless an endpoint is configured. Each entry point calls `configure_tracing` once; other modules open spans, which
do nothing while tracing is off. Database rows pass a trace from one process to the next by their correlation id: it is
the W3C traceparent of the request or, when the client sent its own id, the trace id is derived from that.
"""

import atexit
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from shared.tracing.span import Attributes, Kind

if TYPE_CHECKING:
    from shared.tracing.otlp import OtlpTracer

_tracer: "OtlpTracer | None" = None


def configure_tracing(service: str, endpoint: str | None) -> None:
    """Send this process's spans to the OTLP/HTTP receiver at `endpoint`; without one, do nothing.

    Starts a thread. The caller must block the signals that this thread is not to receive before the call.
    """
    global _tracer
    if endpoint:
        # Imported here, so that processes without tracing do not pay for the import.
        from shared.tracing.otlp import OtlpTracer

        _tracer = OtlpTracer(service, endpoint)
        atexit.register(stop_tracing)


def stop_tracing() -> None:
    """Turn tracing off; the remaining spans are sent if that takes only a few seconds."""
    global _tracer
    tracer, _tracer = _tracer, None
    if tracer is not None:
        tracer.close()


def span(
    name: str,
    *,
    of: str | None = None,
    caller: str | None = None,
    kind: Kind = "internal",
    attributes: Attributes | None = None,
) -> AbstractContextManager[None]:
    """Context manager for a span: child of the current span, or in the trace `of` a correlation id or traceparent.

    `caller` is the traceparent of the span in another trace that caused this one; it becomes a link.
    """
    tracer = _tracer
    if tracer is None:
        return nullcontext()
    return tracer.span(name, of=of, caller=caller, kind=kind, attributes=attributes)


def note(attributes: Attributes, *, failed: bool = False) -> None:
    """Add attributes to the current span; `failed` sets its status to error."""
    tracer = _tracer
    if tracer is not None:
        tracer.note(attributes, failed=failed)


def carrier() -> dict[str, str]:
    """Headers that continue the trace below the current span: `traceparent`; empty when there is no span."""
    tracer = _tracer
    return {} if tracer is None else tracer.carrier()
