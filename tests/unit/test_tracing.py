"""Traces: no effect when off; when on, spans join the trace of their carrier or correlation id."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Blueprint, Flask

from api_service.http import observe
from deploy.local.ports import free_ports
from shared.tracing import carrier, configure_tracing, note, otlp, span, stop_tracing
from tests.collector import Collector, Span, running_collector

ROOT = Path(__file__).resolve().parents[2]
TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{CALLER}-01"

OFF = """
import sys
from pathlib import Path

from api_service.app import close_app, create_app
from scheduler_service import __main__
from scheduler_service.service import SchedulerService
from shared.settings import read_settings
from shared.storage import open_storage
from shared.tracing import carrier, configure_tracing, note, span
from sim_worker import __main__
from shared.energyplus.installation import Engine
from sim_worker.service.worker import WorkerService

here = Path(sys.argv[1])
closed = "postgresql+psycopg2://127.0.0.1:1/none"
settings = read_settings(database_url=closed, storage_url=here.as_uri(), traces_endpoint="")
configure_tracing("test", settings.traces_endpoint)
storage = open_storage(settings)
SchedulerService(settings, storage)
WorkerService(settings, storage, Engine("25.2.0", "none", here, here, None), None)
app = create_app(settings, storage=storage)
assert app.test_client().get("/api/v1/nothing").status_code == 404
with span("any", of="an id", kind="server", attributes={"a": 1}):
    note({"b": 2}, failed=True)
    assert carrier() == {}
close_app(app)
loaded = [name for name in sys.modules if name.startswith(("opentelemetry", "google.protobuf"))]
assert not loaded, loaded
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture
def traced(collector: Collector) -> Iterator[Callable[[], list[Span]]]:
    """Turns tracing on; the function turns it off and returns the received spans, in the order of their ends."""
    configure_tracing("test", collector.url + "/")

    def arrived() -> list[Span]:
        stop_tracing()
        return collector.spans

    yield arrived
    stop_tracing()


def test_without_an_address_no_service_imports_opentelemetry(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", OFF, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_spans_are_nested_and_have_attributes(traced: Callable[[], list[Span]]) -> None:
    with span("outer", kind="consumer", attributes={"known": "at first"}):
        with span("inner"):
            note({"more": 3}, failed=True)
        note({"later": True})

    inner, outer = traced()
    assert (inner.name, outer.name, outer.parent) == ("inner", "outer", "")
    assert (inner.trace, inner.parent, inner.kind) == (outer.trace, outer.id, "internal")
    assert (inner.attributes, inner.failed) == ({"more": 3}, True)
    assert (outer.attributes, outer.failed) == ({"known": "at first", "later": True}, False)
    assert (outer.service, outer.kind) == ("epsm-test", "consumer")


def test_an_exception_marks_the_span_and_goes_on(traced: Callable[[], list[Span]]) -> None:
    with pytest.raises(LookupError), span("any"):
        raise LookupError

    assert traced()[0].failed


def test_a_carrier_continues_the_trace_below_its_span(traced: Callable[[], list[Span]]) -> None:
    with span("sender"):
        sent = carrier()
    with span("other"), span("receiver", of=sent["traceparent"]):
        pass

    sender, receiver, other = traced()
    assert sent == {"traceparent": f"00-{sender.trace}-{sender.id}-{sent['traceparent'][-2:]}"}
    assert (receiver.trace, receiver.parent) == (sender.trace, sender.id)
    assert other.trace != sender.trace


def test_a_correlation_id_identifies_its_trace(traced: Callable[[], list[Span]]) -> None:
    for correlation_id in ("order-17", "order-17", "order-18", TRACE, "0" * 32):
        with span(correlation_id, of=correlation_id), span("inner"):
            pass

    first, second, other, same, zero = [found for found in traced() if found.name != "inner"]
    assert first.trace == second.trace != other.trace
    assert [found.parent for found in (first, second, other, same, zero)] == [""] * 5
    assert same.trace == TRACE
    assert int(zero.trace, 16) != 0
    assert carrier() == {}


def test_a_trace_that_its_caller_does_not_record_is_not_recorded(traced: Callable[[], list[Span]]) -> None:
    with span("any", of=f"00-{TRACE}-{CALLER}-00"):
        sent = carrier()

    assert sent["traceparent"].startswith(f"00-{TRACE}-")
    assert sent["traceparent"].endswith("-00")
    assert traced() == []


def test_an_unreachable_receiver_has_no_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(otlp, "FLUSH_SECONDS", 0.1)
    configure_tracing("test", f"http://127.0.0.1:{free_ports(1)[0]}")

    with span("any"):
        note({"a": 1})

    stop_tracing()


def test_a_receiver_that_does_not_answer_is_not_waited_for(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(otlp, "FLUSH_SECONDS", 0.1)
    collector.open.clear()
    configure_tracing("test", collector.url)
    with span("any"):
        pass

    stop_tracing()

    assert not collector.open.is_set()
    assert collector.spans == []


@pytest.fixture
def app() -> Flask:
    made = Flask("test")
    observe.register(made)
    health = Blueprint("health", "health")

    @health.route("/healthz")
    def healthz() -> str:
        return ""

    @made.route("/things/<name>")
    def thing(name: str) -> str:
        return observe.correlation_id()

    @made.route("/broken")
    def broken() -> tuple[str, int]:
        return "", 503

    made.register_blueprint(health)
    return made


def test_a_request_is_a_span_and_its_id_continues_the_trace(app: Flask, traced: Callable[[], list[Span]]) -> None:
    answer = app.test_client().get("/things/a")
    with span("later", of=answer.text):
        pass

    request, later = traced()
    assert answer.headers["X-Request-ID"] == answer.text
    assert (request.name, request.kind, request.parent) == ("GET /things/<name>", "server", "")
    assert request.attributes == {
        "http.request.method": "GET",
        "http.route": "/things/<name>",
        "url.path": "/things/a",
        "http.response.status_code": 200,
    }
    assert (later.trace, later.parent) == (request.trace, request.id)


def test_a_request_continues_its_callers_trace(app: Flask, traced: Callable[[], list[Span]]) -> None:
    answer = app.test_client().get("/things/a", headers={"traceparent": TRACEPARENT})

    request = traced()[0]
    assert (request.trace, request.parent) == (TRACE, CALLER)
    assert answer.text.startswith(f"00-{TRACE}-{request.id}-")


def test_a_clients_own_id_stays_and_its_callers_trace_is_linked(app: Flask, traced: Callable[[], list[Span]]) -> None:
    headers = {"X-Request-ID": "order-17", "traceparent": TRACEPARENT}
    answer = app.test_client().get("/things/a", headers=headers)
    with span("later", of=answer.text):
        pass

    request, later = traced()
    assert answer.text == answer.headers["X-Request-ID"] == "order-17"
    assert request.links == (TRACE,)
    assert later.trace == request.trace != TRACE


def test_requests_are_not_nested(app: Flask, traced: Callable[[], list[Span]]) -> None:
    client = app.test_client()
    for path in ("/things/a", "/broken", "/nowhere", "/healthz"):
        client.get(path)

    seen = traced()
    assert [(s.name, s.failed) for s in seen] == [
        ("GET /things/<name>", False),
        ("GET /broken", True),
        ("GET unmatched", False),
    ]
    assert [s.parent for s in seen] == [""] * 3
