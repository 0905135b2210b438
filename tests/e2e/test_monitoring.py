"""A real Prometheus on the running stack: every target is up, and every expression that we publish has data."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import requests

from deploy.local.monitoring import Monitoring
from tests.deploy.conftest import prometheus_programs  # noqa: F401  (a fixture)
from tests.deploy.monitoring.expressions import Expression, expressions, probes
from tests.e2e.conftest import ANNUAL, SIZING, System

JOBS = {"epsm-api", "epsm-worker", "epsm-scheduler", "rabbitmq", "rabbitmq-queues", "postgres", "prometheus"}
#: Series that must change while runs are executed.
MOVING = (
    "sum(epsm_attempts_started_total)",
    'sum(epsm_attempts_ended_total{outcome="succeeded"})',
    'sum(epsm_phase_seconds_sum{phase="engine"})',
    "sum(epsm_dispatch_lag_seconds_count)",
    "max(epsm_ledger_submitted)",
    'max(epsm_ledger_runs{status="succeeded"})',
    "sum(epsm_http_request_seconds_count)",
    "sum(rabbitmq_global_messages_acknowledged_total)",
    "sum(pg_stat_database_xact_commit)",
)


class Prometheus:
    """Queries to the server."""

    def __init__(self, monitoring: Monitoring) -> None:
        self._url = monitoring.url

    def ask(self, expression: str) -> list[float]:
        """Returns the values of all series, without those that are not numbers."""
        answer = requests.get(f"{self._url}/api/v1/query", params={"query": expression}, timeout=30)
        assert answer.status_code == 200, f"{expression}: {answer.text}"
        data: dict[str, Any] = answer.json()["data"]
        samples = [data["result"]] if data["resultType"] == "scalar" else [one["value"] for one in data["result"]]
        return [value for sample in samples if not math.isnan(value := float(sample[1]))]

    def targets(self) -> dict[str, str]:
        """Returns the health of the targets by job."""
        answer = requests.get(f"{self._url}/api/v1/targets", timeout=30).json()
        return {target["labels"]["job"]: target["health"] for target in answer["data"]["activeTargets"]}


@pytest.fixture
def prometheus(system: System, prometheus_programs: Path) -> Iterator[Prometheus]:  # noqa: F811
    """Runs beside the stack for one test."""
    for _ in system.stack.monitor():
        pass
    yield Prometheus(system.stack.monitoring)
    system.stack.monitoring.stop()


def test_every_target_is_up_and_every_expression_has_data_that_moves(system: System, prometheus: Prometheus) -> None:
    system.until(lambda: prometheus.targets() == dict.fromkeys(JOBS, "up"), "every target is up")
    system.until(lambda: all(prometheus.ask(expression) for expression in MOVING), "everything has been scraped")
    before = {expression: prometheus.ask(expression) for expression in MOVING}

    # Enough load for several intervals of the scheduler's census and of Prometheus.
    busy = [system.submit(ANNUAL, copies=6), system.submit(SIZING, copies=6)]
    for simulation in busy:
        assert system.ended(simulation)["status"] == "succeeded"
    for gauge in ("epsm_runs_running", "epsm_worker_runs_active", "rabbitmq_detailed_queue_messages_unacked"):
        system.until(_is_above(prometheus, f"max(max_over_time({gauge}[10m]))", 0), f"{gauge} shows the load")

    for expression, values in before.items():
        system.until(_is_above(prometheus, expression, values[0]), f"{expression} has moved")
    silent: list[Expression] = []

    def all_speak() -> bool:
        # Requests must continue: a rate needs two different scrapes.
        system.get("/api/v1/simulations?limit=1")
        silent[:] = [e for e in expressions() if not all(prometheus.ask(p) for p in probes(promql.parse(e.text)))]
        return not silent

    try:
        system.until(all_speak, "every panel and every alert has data")
    except AssertionError as error:
        raise AssertionError(f"no data for {silent}") from error
    system.until(
        lambda: prometheus.ask("max(epsm_ledger_submitted) - sum(max by (status) (epsm_ledger_runs))") == [0],
        "the books balance",
    )


def _is_above(prometheus: Prometheus, expression: str, value: float) -> Callable[[], bool]:
    return lambda: any(found > value for found in prometheus.ask(expression))
