"""The metrics that each service serves at /metrics, and the counters of the store."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from shared import metrics
from shared.energyplus.verdict import Verdict
from shared.energyplus.verdict import Verdict as EngineVerdict
from shared.storage import NotFound, StorageError
from shared.storage.counted import OPERATIONS, CountedStorage
from shared.storage.local import LocalStorage

MODULE = {name: value for name, value in vars(metrics).items() if isinstance(value, MetricWrapperBase)}


@pytest.mark.parametrize("service", metrics.SERVED)
def test_a_service_serves_only_its_own_metrics(service: str) -> None:
    families = {f.name for f in text_string_to_metric_families(generate_latest(metrics.registry(service)).decode())}

    expected = {family.name for metric in metrics.SERVED[service] for family in metric.describe()}
    assert {name for name in families if name.startswith("epsm_")} == expected
    assert "process_resident_memory_bytes" in families


def test_every_metric_is_served_by_a_service_and_has_a_description() -> None:
    assert set(MODULE.values()) == {metric for served in metrics.SERVED.values() for metric in served}
    for metric in MODULE.values():
        (family,) = metric.describe()
        assert family.name.startswith("epsm_")
        assert family.documentation.endswith(".")


def test_the_engine_s_verdicts_are_those_that_are_counted() -> None:
    assert [verdict.value for verdict in EngineVerdict] == [verdict.value for verdict in Verdict]


def test_every_outcome_of_an_attempt_begins_at_nought() -> None:
    served = metrics.registry("worker")
    metrics.expect_attempts("1.2.3")

    labels = {"engine": "1.2.3", "outcome": "failed", "verdict": "timed_out"}
    assert served.get_sample_value("epsm_attempts_ended_total", labels) == 0
    assert served.get_sample_value("epsm_run_seconds_count", {"engine": "1.2.3"}) == 0
    for phase in metrics.PHASES:
        assert served.get_sample_value("epsm_phase_seconds_count", {"phase": phase}) is not None


def test_operations_of_the_store_are_counted_and_so_are_those_that_fail(tmp_path: Path) -> None:
    served = metrics.registry("worker")
    storage = CountedStorage(LocalStorage(tmp_path / "store"))
    before = {operation: counts(served, operation) for operation in OPERATIONS}
    source = tmp_path / "a"
    source.write_text("a")

    with pytest.raises(StorageError):
        storage.put_input(source, "0" * 64)
    with pytest.raises(NotFound):
        storage.size("inputs/00/00/" + "0" * 64)
    assert list(storage.walk("inputs/")) == []
    storage.check()

    done = {operation: (counts(served, operation)[0] - before[operation][0]) for operation in OPERATIONS}
    failed = {operation: (counts(served, operation)[1] - before[operation][1]) for operation in OPERATIONS}
    assert done == {**dict.fromkeys(OPERATIONS, 0), "put": 1, "size": 1, "walk": 1, "check": 1}
    assert failed == {**dict.fromkeys(OPERATIONS, 0), "put": 1}


def counts(served: CollectorRegistry, operation: str) -> tuple[float, float]:
    done = served.get_sample_value("epsm_storage_seconds_count", {"operation": operation}) or 0.0
    failed = served.get_sample_value("epsm_storage_errors_total", {"operation": operation}) or 0.0
    return done, failed
