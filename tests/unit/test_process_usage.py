"""What the worker says about its own process."""

import os
import time
from pathlib import Path

from shared import metrics
from shared.enums import Outcome
from sim_worker.service.process_usage import ProcessUsage


def test_memory_is_that_of_this_process() -> None:
    status = Path(f"/proc/{os.getpid()}/status").read_text()
    resident = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS"))

    assert abs(ProcessUsage().read().memory_bytes - resident) < 64 * 1024**2


def test_cpu_counts_work_and_not_sleep() -> None:
    usage = ProcessUsage()
    start = time.process_time()
    while time.process_time() < start + 0.2:
        pass
    busy = usage.read().cpu_percent
    time.sleep(0.2)

    assert usage.read().cpu_percent < busy


def test_ended_attempts_are_counted_by_outcome_over_all_verdicts() -> None:
    metrics.expect_attempts("25.2.0")
    before = metrics.ended_by_outcome()
    assert set(before) >= set(Outcome)
    for verdict in ("success", "success_with_severe_errors"):
        metrics.attempts_ended.labels("25.2.0", Outcome.SUCCEEDED, verdict).inc()

    after = ProcessUsage().read().ended

    assert after[Outcome.SUCCEEDED] == before[Outcome.SUCCEEDED] + 2
    assert after[Outcome.FAILED] == before[Outcome.FAILED]
