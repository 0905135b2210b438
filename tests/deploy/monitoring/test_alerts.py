"""Each alert fires when it should, with the sentence that somebody will read, and stays quiet when it should.

promtool evaluates the real rule files over series written down here, a sample a minute.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.monitoring.expressions import RULES, alerts

Series = Mapping[str, str]
ENGINE = 'engine="25.2.0"'


@dataclass(frozen=True, slots=True)
class AlertCase:
    """`fires` and `quiet` are series by name, in promtool's notation; `labels` are those besides severity."""

    alert: str
    fires: Series
    quiet: Series
    summary: str
    labels: Mapping[str, str] = field(default_factory=dict)
    minutes: int = 40


def same(value: float) -> str:
    """An unchanging series."""
    return f"{value}x500"


def growing(step: float) -> str:
    """A counter."""
    return f"0+{step}x90"


CASES = (
    AlertCase(
        "EpsmApiDown",
        {'up{job="epsm-api",instance="a"}': same(0), 'up{job="epsm-api",instance="b"}': same(0)},
        {'up{job="epsm-api",instance="a"}': same(0), 'up{job="epsm-api",instance="b"}': same(1)},
        "No API process answers; nobody can submit, read or cancel.",
    ),
    AlertCase(
        "EpsmSchedulerDown",
        {'up{job="epsm-api",instance="a"}': same(1)},
        {'up{job="epsm-scheduler",instance="a"}': same(1)},
        "No scheduler answers; runs of dead workers are not taken over and lost messages not sent again.",
        {"job": "epsm-scheduler"},
    ),
    AlertCase(
        "EpsmTargetDown",
        {'up{job="epsm-worker",instance="w:1"}': same(0)},
        # A worker that was scaled away is no target any more.
        {'up{job="epsm-worker",instance="w:1"}': "1x20 0x5 stale"},
        "epsm-worker at w:1 has not answered Prometheus for ten minutes.",
        {"job": "epsm-worker", "instance": "w:1"},
    ),
    AlertCase(
        "EpsmApiErrors",
        {
            'epsm_http_request_seconds_count{route="/api/v1/runs",status="200"}': growing(90),
            'epsm_http_request_seconds_count{route="/api/v1/runs",status="500"}': growing(10),
        },
        {
            'epsm_http_request_seconds_count{route="/api/v1/runs",status="200"}': growing(90),
            'epsm_http_request_seconds_count{route="/api/v1/runs",status="404"}': growing(90),
            'epsm_http_request_seconds_count{route="/readyz",status="503"}': growing(90),
        },
        "10% of requests are answered with 5xx.",
    ),
    AlertCase(
        "EpsmApiSaturated",
        {"epsm_http_requests_active": same(16), "epsm_http_threads": same(16)},
        {"epsm_http_requests_active": same(8), "epsm_http_threads": same(16)},
        "100% of the API's threads are busy; requests will wait.",
    ),
    AlertCase(
        "EpsmMixedVersions",
        {
            'epsm_build_info{version="1",service="api"}': "1x500",
            'epsm_build_info{version="2",service="worker"}': "1x500",
        },
        {
            'epsm_build_info{version="2",service="api"}': "1x500",
            'epsm_build_info{version="2",service="worker"}': "1x500",
        },
        "2 versions have been running side by side for six hours; a rollout is stuck.",
        minutes=400,
    ),
    AlertCase(
        "EpsmNoWorkers",
        {f'epsm_runs_waiting{{{ENGINE},reason="ready"}}': same(7), f"epsm_fleet_slots{{{ENGINE}}}": same(0)},
        # Held and paused runs are no reason to have a worker.
        {
            f'epsm_runs_waiting{{{ENGINE},reason="ready"}}': same(0),
            f'epsm_runs_waiting{{{ENGINE},reason="backoff"}}': same(7),
            f'epsm_runs_waiting{{{ENGINE},reason="paused"}}': same(7),
            f"epsm_fleet_slots{{{ENGINE}}}": same(0),
        },
        "7 runs of EnergyPlus 25.2.0 wait and no worker is there.",
        {"engine": "25.2.0"},
    ),
    AlertCase(
        "EpsmNothingStarts",
        {
            f'epsm_runs_waiting{{{ENGINE},reason="ready"}}': same(7),
            f"epsm_runs_running{{{ENGINE}}}": same(1),
            f"epsm_fleet_slots{{{ENGINE}}}": same(4),
            f"epsm_attempts_started_total{{{ENGINE}}}": same(9),
        },
        # Hours-long runs in every slot start nothing either, which is as it should be.
        {
            f'epsm_runs_waiting{{{ENGINE},reason="ready"}}': same(7),
            f"epsm_runs_running{{{ENGINE}}}": same(4),
            f"epsm_fleet_slots{{{ENGINE}}}": same(4),
            f"epsm_attempts_started_total{{{ENGINE}}}": same(9),
        },
        "7 runs of EnergyPlus 25.2.0 wait, slots are free, and none has started for 15 minutes.",
        {"engine": "25.2.0"},
    ),
    AlertCase(
        "EpsmRunsOverdue",
        {
            f'epsm_runs_overdue{{{ENGINE},instance="a"}}': same(2),
            f'epsm_runs_overdue{{{ENGINE},instance="b"}}': same(2),
        },
        {f'epsm_runs_overdue{{{ENGINE},instance="a"}}': "0x20 1x5 0x60"},
        "2 runs of EnergyPlus 25.2.0 are past their deadline and still running.",
        {"engine": "25.2.0"},
    ),
    AlertCase(
        "EpsmInfrastructureFailures",
        {
            f'epsm_attempts_ended_total{{{ENGINE},outcome="infrastructure"}}': growing(5),
            f'epsm_attempts_ended_total{{{ENGINE},outcome="succeeded"}}': growing(5),
        },
        # Models that fail are their owners' business.
        {
            f'epsm_attempts_ended_total{{{ENGINE},outcome="infrastructure"}}': "0x20 1x70",
            f'epsm_attempts_ended_total{{{ENGINE},outcome="failed"}}': growing(5),
        },
        "50% of attempts with EnergyPlus 25.2.0 fail for reasons that are ours.",
        {"engine": "25.2.0"},
    ),
    AlertCase(
        "EpsmWorkersLost",
        {"epsm_runs_reaped_total": growing(1)},
        {"epsm_runs_reaped_total": "0x20 2x70"},
        "30 attempts of the last half hour ended because their worker fell silent.",
    ),
    AlertCase(
        "EpsmWorkerUnfit",
        {
            f'epsm_fleet_workers{{{ENGINE},state="unfit",instance="a"}}': same(2),
            f'epsm_fleet_workers{{{ENGINE},state="unfit",instance="b"}}': same(2),
            f'epsm_fleet_workers{{{ENGINE},state="ready",instance="a"}}': same(5),
        },
        # A store that is away for a moment, and workers that an operator has drained.
        {
            f'epsm_fleet_workers{{{ENGINE},state="unfit"}}': "0x20 3x3 0x60",
            f'epsm_fleet_workers{{{ENGINE},state="drained"}}': same(2),
        },
        "2 workers of EnergyPlus 25.2.0 have found themselves unfit and take no runs.",
        {"engine": "25.2.0"},
    ),
    AlertCase(
        "EpsmLeasesLost",
        {"epsm_leases_lost_total": growing(1)},
        {"epsm_leases_lost_total": "0x20 2x70"},
        "30 times in half an hour a living worker found its lease gone.",
    ),
    AlertCase(
        "EpsmWorkerSilent",
        {'epsm_worker_beat_age_seconds{instance="w:1",job="epsm-worker"}': "0+60x90"},
        {'epsm_worker_beat_age_seconds{instance="w:1",job="epsm-worker"}': same(2)},
        "w:1 answers, but no heartbeat has reached Postgres for 40m 0s.",
        {"instance": "w:1", "job": "epsm-worker"},
    ),
    AlertCase(
        "EpsmScratchFull",
        {'epsm_worker_scratch_free_ratio{instance="w:1"}': same(0.05)},
        {'epsm_worker_scratch_free_ratio{instance="w:1"}': same(0.4)},
        "w:1 has 5% of its scratch space left.",
        {"instance": "w:1"},
    ),
    AlertCase(
        "EpsmDispatchStalled",
        {
            'epsm_dispatch_age_seconds{job="epsm-api"}': same(300),
            'epsm_dispatch_age_seconds{job="epsm-scheduler"}': same(300),
        },
        # One dispatcher that works is enough.
        {
            'epsm_dispatch_age_seconds{job="epsm-api"}': same(1),
            'epsm_dispatch_age_seconds{job="epsm-scheduler"}': same(300),
        },
        "Nothing has been dispatched for 5m 0s; Postgres or RabbitMQ is away.",
    ),
    AlertCase(
        "EpsmCanaryUnanswered",
        {"epsm_canary_unanswered": same(3), f"epsm_fleet_slots{{{ENGINE}}}": same(2)},
        # With no worker there is nobody to answer.
        {"epsm_canary_unanswered": same(3), f"epsm_fleet_slots{{{ENGINE}}}": same(0)},
        "3 canaries were sent through RabbitMQ and no worker has answered.",
    ),
    AlertCase(
        "EpsmMessagesLost",
        {"epsm_messages_released_total": growing(1)},
        {"epsm_messages_released_total": "0x20 4x70"},
        "RabbitMQ has lost 40 messages in an hour; they were sent again.",
    ),
    AlertCase(
        "EpsmLedgerWrong",
        {
            "epsm_ledger_discrepancies": same(0),
            'epsm_ledger_submitted{instance="s"}': same(12),
            'epsm_ledger_runs{instance="s",status="queued"}': same(4),
            'epsm_ledger_runs{instance="s",status="succeeded"}': same(5),
        },
        {
            "epsm_ledger_discrepancies": same(0),
            'epsm_ledger_submitted{instance="s"}': same(12),
            'epsm_ledger_runs{instance="s",status="queued"}': same(4),
            'epsm_ledger_runs{instance="s",status="succeeded"}': same(8),
        },
        "The books do not balance, submitted = queued + running + succeeded + failed + cancelled is off by 3.",
    ),
    AlertCase(
        "EpsmJobFailing",
        {'epsm_job_success_timestamp_seconds{scheduled_job="retention",instance="a"}': same(0)},
        # Of two schedulers one did it.
        {
            'epsm_job_success_timestamp_seconds{scheduled_job="retention",instance="a"}': "0x300",
            'epsm_job_success_timestamp_seconds{scheduled_job="retention",instance="b"}': "0+60x300",
        },
        "The scheduled job retention has not done its work for 2h 30m 0s.",
        {"scheduled_job": "retention"},
        minutes=150,
    ),
    AlertCase(
        "EpsmDatabaseErrors",
        {"epsm_database_errors_total": growing(60)},
        {"epsm_database_errors_total": growing(3)},
        "1 transactions a second cannot be carried out.",
    ),
    AlertCase(
        "EpsmStorageErrors",
        {'epsm_storage_errors_total{operation="put"}': growing(30)},
        {'epsm_storage_errors_total{operation="put"}': growing(1)},
        "500m operations a second on the store fail.",
    ),
    AlertCase(
        "EpsmRabbitDown",
        {'up{job="rabbitmq",instance="r"}': same(0)},
        {'up{job="rabbitmq",instance="r"}': same(0), 'up{job="rabbitmq",instance="r2"}': same(1)},
        "RabbitMQ does not answer; submissions are taken, nothing new starts.",
    ),
    AlertCase(
        "EpsmRabbitAlarm",
        {
            'rabbitmq_alarms_memory_used_watermark{instance="r"}': same(0),
            'rabbitmq_alarms_free_disk_space_watermark{instance="r"}': same(1),
        },
        {
            'rabbitmq_alarms_memory_used_watermark{instance="r"}': same(0),
            'rabbitmq_alarms_free_disk_space_watermark{instance="r"}': same(0),
        },
        "RabbitMQ at r has raised its memory or disk alarm and takes no messages.",
        {"instance": "r"},
    ),
    AlertCase(
        "EpsmDeadLetters",
        {'rabbitmq_detailed_queue_messages{queue="epsm.runs.v1.25.2.0.XQ"}': same(2)},
        {'rabbitmq_detailed_queue_messages{queue="epsm.runs.v1.25.2.0"}': same(8)},
        "2 messages lie in epsm.runs.v1.25.2.0.XQ; the worker could not read them.",
        {"queue": "epsm.runs.v1.25.2.0.XQ"},
    ),
    AlertCase(
        "EpsmPostgresDown",
        {"pg_up": same(0)},
        {"pg_up": same(1)},
        "Postgres does not answer; the API answers 503 and workers wait.",
    ),
    AlertCase(
        "EpsmPostgresConnections",
        {
            'pg_stat_database_numbackends{instance="p",datname="epsm"}': same(90),
            'pg_settings_max_connections{instance="p"}': same(100),
        },
        {
            'pg_stat_database_numbackends{instance="p",datname="epsm"}': same(40),
            'pg_settings_max_connections{instance="p"}': same(100),
        },
        "90% of Postgres's connections are taken.",
        {"instance": "p"},
    ),
    AlertCase(
        "EpsmPostgresLongTransaction",
        {'pg_stat_activity_max_tx_duration{instance="p",state="idle in transaction"}': same(600)},
        {'pg_stat_activity_max_tx_duration{instance="p",state="active"}': same(600)},
        "A transaction has been open and idle for 10m 0s; it keeps locks and dead rows.",
        {"instance": "p"},
    ),
)


def test_there_is_a_case_for_every_alert() -> None:
    assert sorted(case.alert for case in CASES) == sorted(alert["alert"] for alert in alerts())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.alert)
def test_the_alert_fires_and_stays_quiet(case: AlertCase, prometheus_programs: Path, tmp_path: Path) -> None:
    alert = next(alert for alert in alerts() if alert["alert"] == case.alert)
    runbook = alert["annotations"]["runbook_url"]
    fired = {
        "exp_labels": {**alert["labels"], **case.labels},
        "exp_annotations": {"summary": case.summary, "runbook_url": runbook},
    }
    document = {
        "rule_files": [str(path) for path in RULES],
        "evaluation_interval": "1m",
        "tests": [_test(case, "fires", case.fires, [fired]), _test(case, "stays quiet", case.quiet, [])],
    }
    path = tmp_path / "test.json"
    path.write_text(json.dumps(document))
    done = subprocess.run(
        [prometheus_programs / "promtool", "test", "rules", path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _test(case: AlertCase, what: str, series: Series, expected: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": f"{case.alert} {what}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "alert_rule_test": [{"eval_time": f"{case.minutes}m", "alertname": case.alert, "exp_alerts": expected}],
    }
