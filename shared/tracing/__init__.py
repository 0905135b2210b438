"""Traces: one for a simulation, from the request over its messages to EnergyPlus's processes. Off unless told where to.

Each entry point calls `configure_tracing` once; everybody else opens spans, which are nothing while tracing is off.
Rows carry a trace from one process to the next by the correlation id that they have anyway: it is the request's W3C
traceparent or, when the client gave an id of its own, what the trace's id is made of.
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

    Starts a thread: signals that are not meant for it must have been blocked before.
    """
    global _tracer
    if endpoint:
        # Whoever leaves tracing off does not pay for the import.
        from shared.tracing.otlp import OtlpTracer

        _tracer = OtlpTracer(service, endpoint)
        atexit.register(stop_tracing)


def stop_tracing() -> None:
    """Send what is left, if that can be done soon; tracing is off from here on."""
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
    """A span around a block: below the current one, or in the trace `of` a correlation id or traceparent.

    `caller` is the traceparent of a span in another trace that led to this one.
    """
    tracer = _tracer
    if tracer is None:
        return nullcontext()
    return tracer.span(name, of=of, caller=caller, kind=kind, attributes=attributes)


def note(attributes: Attributes, *, failed: bool = False) -> None:
    """Add to the current span what has become known since it began."""
    tracer = _tracer
    if tracer is not None:
        tracer.note(attributes, failed=failed)


def carrier() -> dict[str, str]:
    """What whoever continues the trace below the current span must be given: its `traceparent`, if there is one."""
    tracer = _tracer
    return {} if tracer is None else tracer.carrier()
