"""Cases of the alerts on the services themselves."""

from tests.deploy.monitoring.alert_case import ENGINE, AlertCase, growing, same

SERVICE_CASES = (
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
        # A worker that was scaled down is no target any more.
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
        # Held and paused runs do not need a worker.
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
        # If long runs occupy every slot, no run starts either, and that is no fault.
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
        # Failed runs because of faulty models need no action by the operator.
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
        # A short outage of the store, and workers that an operator has drained.
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
)
