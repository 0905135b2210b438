"""The machine and the engines in the shape of the old page."""

import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from api_service.fleet.queries import WorkerView
from api_service.legacy.machine import read_machine
from api_service.legacy.resources import engines_of

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def worker(engine: str, status: str = "ready") -> WorkerView:
    return WorkerView("w", "here", 1, engine, 2, "0.1.0", status, None, 0, NOON, NOON, None, None)


def test_the_newest_engine_of_working_workers_is_named() -> None:
    block = engines_of([worker("25.2.0"), worker("9.6.0", "draining"), worker("26.1.0", "lost")])

    assert block == {
        "docker_available": False,
        "container_image": "",
        "status": "2 workers carry out runs",
        "exists": True,
        "version": "25.2.0",
    }


@pytest.mark.parametrize("status", ["lost", "stopped", "unfit", "drained"])
def test_without_a_working_worker_there_is_no_engine(status: str) -> None:
    block = engines_of([worker("25.2.0", status)])

    assert (block["exists"], block["status"]) == (False, "0 workers carry out runs")
    assert "version" not in block


def test_the_disk_is_that_of_the_nearest_directory_there_is(tmp_path: Path) -> None:
    found = read_machine(tmp_path / "not" / "yet")

    usage = psutil.disk_usage(str(tmp_path))
    assert found["disk"]["total_gb"] == round(usage.total / (1 << 30), 1)
    assert found["cpu"]["logical_cores"] >= found["cpu"]["physical_cores"] >= 1
    assert 0 <= found["cpu"]["usage_percent"] <= 100


def test_a_network_s_rate_is_of_the_time_it_was_measured_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counters = iter([SimpleNamespace(bytes_sent=1000, bytes_recv=0), SimpleNamespace(bytes_sent=3000, bytes_recv=500)])
    clock = iter([10.0, 12.0])
    monkeypatch.setattr(psutil, "net_io_counters", lambda: next(counters))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    assert read_machine(tmp_path)["network"] == {
        "bytes_sent_per_sec": 1000.0,
        "bytes_recv_per_sec": 250.0,
        "total_bytes_sent": 3000,
        "total_bytes_recv": 500,
    }


def test_a_machine_that_hides_its_network_and_cores_has_an_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psutil, "net_io_counters", lambda: None)
    monkeypatch.setattr(psutil, "cpu_count", lambda **_: None)

    found = read_machine(tmp_path)

    assert set(found["network"].values()) == {0}
    assert (found["cpu"]["logical_cores"], found["cpu"]["physical_cores"]) == (1, 1)
