"""Cases of the alerts on the dependencies of the services."""

from tests.deploy.monitoring.alert_case import ENGINE, AlertCase, growing, same

DEPENDENCY_CASES = (
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
        # One working dispatcher is enough.
        {
            'epsm_dispatch_age_seconds{job="epsm-api"}': same(1),
            'epsm_dispatch_age_seconds{job="epsm-scheduler"}': same(300),
        },
        "Nothing has been dispatched for 5m 0s; Postgres or RabbitMQ is away.",
    ),
    AlertCase(
        "EpsmCanaryUnanswered",
        {"epsm_canary_unanswered": same(3), f"epsm_fleet_slots{{{ENGINE}}}": same(2)},
        # Without workers no canary can be answered.
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
        # One of the two schedulers has run the job.
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
