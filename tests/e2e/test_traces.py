"""One trace over all processes: the request, both publishers, the worker, and the environment of the engine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.install import POSTGRES, RABBITMQ
from deploy.local.stack import Stack
from shared.metrics import PHASES
from tests.collector import Collector, running_collector
from tests.e2e.conftest import SETTINGS, SIZING, System, make_engine
from tests.servers import need

PUBLISHED_ONE = 'epsm_dispatch_lag_seconds_count{engine="25.2.0"} 1.0'


@pytest.fixture
def collector() -> Iterator[Collector]:
    with running_collector() as running:
        yield running


@pytest.fixture
def traced(collector: Collector, tmp_path: Path) -> Iterator[System]:
    """A separate stack that sends traces; no worker and scheduler at first, and therefore a window of one run."""
    need(POSTGRES)
    need(RABBITMQ)
    journal = make_engine(tmp_path / "engine")
    script = tmp_path / "engine" / "energyplus"
    script.write_text(script.read_text().replace("$$ $*", "$$ $TRACEPARENT $*"))
    settings = {**journal.settings, "EPSM_WINDOW_MINIMUM": "1"}
    stack = Stack(tmp_path / "local", {**SETTINGS, **settings, "EPSM_TRACES_ENDPOINT": collector.url})
    try:
        stack.postgres.start()
        stack.rabbitmq.start()
        stack.migrate()
        stack.start_api()
        yield System(stack, journal)
    finally:
        for _ in stack.down():
            pass
        stack.postgres.remove()


def test_a_simulation_is_one_trace_with_either_publisher(traced: System, collector: Collector) -> None:
    stack = traced.stack
    simulation = traced.submit(SIZING, copies=2)
    traced.until(lambda: PUBLISHED_ONE in traced.call("GET", "/metrics").text, "the API has published a run")
    # The scheduler publishes what the API has not published.
    stack.api.stop()
    stack.start_worker()
    stack.start_scheduler()
    traced.until(lambda: traced.journal.starts() == 2, "both engines have started")
    stack.start_api()
    assert traced.ended(simulation)["counts"]["succeeded"] == 2
    # A process that stops sends its remaining spans.
    stack.worker.stop()
    stack.scheduler.stop()

    (request,) = collector.named("POST /api/v1/simulations", "api")
    published = [*collector.named("publish", "api"), *collector.named("publish", "scheduler")]
    attempts = collector.named("attempt", "worker")
    engines = collector.named("energyplus", "worker")
    assert (request.kind, request.parent, request.attributes["http.response.status_code"]) == ("server", "", 201)
    assert [span.service for span in published] == ["epsm-api", "epsm-scheduler"]
    assert [span.parent for span in published] == [request.id] * 2
    runs = {str(run["id"]) for run in traced.runs(simulation)}
    assert {span.attributes["epsm.run_id"] for span in published} == runs
    parents = {span.attributes["epsm.run_id"]: span.id for span in published}
    assert {span.attributes["epsm.run_id"]: span.parent for span in attempts} == parents
    assert [span.attributes["epsm.outcome"] for span in attempts] == ["succeeded"] * 2
    for attempt in attempts:
        assert tuple(span.name for span in collector.spans if span.parent == attempt.id) == PHASES
    phases = {span.id for span in collector.named("engine", "worker")}
    assert {span.parent for span in engines} == phases
    passed_on = [line.split()[1] for line in traced.journal.path.read_text().splitlines()]
    assert {tuple(text.split("-")[1:3]) for text in passed_on} == {(request.trace, span.id) for span in engines}
    assert {span.trace for span in [*published, *attempts, *engines]} == {request.trace}
    assert request.trace in traced.simulation(simulation)["correlation_id"]
