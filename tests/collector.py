"""An OTLP/HTTP receiver in this process that keeps every span it receives."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Message
from opentelemetry.proto.trace.v1.trace_pb2 import Status

Value = str | int | float | bool | None


@dataclass(frozen=True)
class Span:
    """A span as received; ids in hexadecimal, empty if absent."""

    service: str
    name: str
    trace: str
    id: str
    parent: str
    kind: str
    failed: bool
    attributes: dict[str, Value]
    #: !#: Ids of the traces that it is linked to.
    links: tuple[str, ...]


@dataclass
class Collector:
    """The spans received so far. Requests are answered only while `open` is set."""

    url: str
    spans: list[Span] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    def named(self, name: str, service: str = "") -> list[Span]:
        """Returns the spans of that name, of one service or of all."""
        return [span for span in list(self.spans) if span.name == name and span.service.endswith(service)]


@contextmanager
def running_collector() -> Iterator[Collector]:
    """Runs a receiver on a free port of loopback while the body runs."""

    class CollectorHandler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collector.open.wait()
            if self.path == "/v1/traces":
                collector.spans += read(body)
            self.send_response(200 if self.path == "/v1/traces" else 404)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Logs nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), CollectorHandler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        collector.open.set()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield collector
        finally:
            collector.open.set()
            server.shutdown()
            thread.join()


def read(body: bytes) -> list[Span]:
    """Decodes the spans of one request."""
    request = ExportTraceServiceRequest.FromString(body)
    return [
        Span(
            service=next(a.value.string_value for a in sent.resource.attributes if a.key == "service.name"),
            name=span.name,
            trace=span.trace_id.hex(),
            id=span.span_id.hex(),
            parent=span.parent_span_id.hex(),
            kind=Message.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
            failed=span.status.code == Status.STATUS_CODE_ERROR,
            attributes={
                a.key: getattr(a.value, a.value.WhichOneof("value") or "string_value") for a in span.attributes
            },
            links=tuple(link.trace_id.hex() for link in span.links),
        )
        for sent in request.resource_spans
        for scope in sent.scope_spans
        for span in scope.spans
    ]
