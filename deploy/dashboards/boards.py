"""The dashboards and their panels. Every scheduler exports the gauges of the database, so queries use max."""

from deploy.dashboards.panels import Board, Query, Row, lines, number

USERS = Board(
    "users",
    "EPSM: how long will mine take",
    "For users: what waits, what runs, and how long both take.",
    (
        Row(
            "Now",
            (
                number(
                    "Expected wait",
                    "Expected wait of a run submitted now behind all queued runs, at the rate of the last hour.",
                    "s",
                    "engine:epsm_expected_wait_seconds:estimate",
                    "EnergyPlus {{engine}}",
                ),
                number(
                    "Waiting",
                    "Runs that could start and wait for their turn.",
                    "short",
                    "engine:epsm_runs_ready:max",
                    "EnergyPlus {{engine}}",
                ),
                number(
                    "Running",
                    "Runs that workers are executing.",
                    "short",
                    "engine:epsm_runs_running:max",
                    "EnergyPlus {{engine}}",
                ),
                number(
                    "Slots",
                    "Runs that all workers together can execute at the same time.",
                    "short",
                    "engine:epsm_fleet_slots:max",
                    "EnergyPlus {{engine}}",
                ),
            ),
        ),
        Row(
            "How long",
            (
                lines(
                    "Time in the queue",
                    "From when a run could start until a worker took it: half and 95 % of runs waited less.",
                    "s",
                    Query("engine:epsm_queue_wait_seconds:p50", "half, {{engine}}"),
                    Query("engine:epsm_queue_wait_seconds:p95", "95 %, {{engine}}"),
                ),
                lines(
                    "Time of a run",
                    "From claim to stored result: half and 95 % of runs took less.",
                    "s",
                    Query("engine:epsm_run_seconds:p50", "half, {{engine}}"),
                    Query("engine:epsm_run_seconds:p95", "95 %, {{engine}}"),
                ),
                lines(
                    "Runs that ended",
                    "By the verdict of EnergyPlus.",
                    "ops",
                    Query('sum by (verdict) (rate(epsm_attempts_ended_total{verdict!="none"}[5m]))', "{{verdict}}"),
                ),
                lines(
                    "Runs that were not executed",
                    "Linked to the results of identical runs.",
                    "ops",
                    Query('sum by (engine) (rate(epsm_attempts_ended_total{outcome="reused"}[5m]))', "{{engine}}"),
                ),
                lines(
                    "Waiting and running",
                    "A long queue is no fault; one that does not shrink while slots are free is.",
                    "short",
                    Query("engine:epsm_runs_ready:max", "waiting, {{engine}}"),
                    Query("engine:epsm_runs_running:max", "running, {{engine}}"),
                ),
                lines(
                    "Refused requests",
                    "Requests that were refused because of a limit, by limit.",
                    "reqps",
                    Query("sum by (reason) (rate(epsm_requests_refused_total[5m]))", "{{reason}}"),
                ),
                lines(
                    "Circuit breakers opened",
                    "Simulations whose rest was held because too many of their runs had failed.",
                    "short",
                    Query("sum(increase(epsm_breakers_opened_total[1h]))", "in one hour"),
                ),
            ),
        ),
    ),
)

OPERATORS = Board(
    "operators",
    "EPSM: is it well",
    "For operators: what must be zero, throughput and cost.",
    (
        Row(
            "Must be zero",
            (
                number(
                    "Books out of balance",
                    "Simulations whose counters differ from their runs.",
                    "short",
                    "max(epsm_ledger_discrepancies)",
                ),
                number(
                    "Unanswered canaries",
                    "Messages through RabbitMQ that no worker has answered.",
                    "short",
                    "max(epsm_canary_unanswered)",
                ),
                number(
                    "Overdue", "Running runs past their deadline.", "short", "sum(max by (engine) (epsm_runs_overdue))"
                ),
                number(
                    "Dead letters",
                    "Messages that no worker could read.",
                    "short",
                    'sum(rabbitmq_detailed_queue_messages{queue=~".*\\\\.XQ"})',
                ),
            ),
        ),
        Row(
            "Hand-over",
            (
                lines(
                    "Window",
                    "Published runs that no worker has claimed yet, and their maximum number.",
                    "short",
                    Query("max by (engine) (epsm_window_messages)", "out, {{engine}}"),
                    Query("max by (engine) (epsm_window_size)", "may be out, {{engine}}"),
                ),
                lines(
                    "Dispatch",
                    "Time since the last complete pass, the canary's latency, and the delay of dispatched runs.",
                    "s",
                    Query("min(epsm_dispatch_age_seconds)", "last pass"),
                    Query("max(epsm_canary_latency_seconds)", "canary"),
                    Query(
                        "histogram_quantile(0.95, sum by (le) (rate(epsm_dispatch_lag_seconds_bucket[15m])))",
                        "95 % of runs were sent within",
                    ),
                ),
                lines(
                    "Oldest run waiting",
                    "How long the run that has waited longest has been able to start.",
                    "s",
                    Query("max by (engine) (epsm_oldest_waiting_seconds)", "{{engine}}"),
                ),
                lines(
                    "Waiting, by reason",
                    "Ready runs wait for their turn; the others are held, such as for a backoff.",
                    "short",
                    Query("sum by (reason) (max by (engine, reason) (epsm_runs_waiting))", "{{reason}}"),
                ),
            ),
        ),
        Row(
            "Attempts",
            (
                lines(
                    "How attempts end",
                    "Infrastructure and lost are ours; failed is the model's.",
                    "ops",
                    Query("sum by (outcome) (rate(epsm_attempts_ended_total[5m]))", "{{outcome}}"),
                ),
                lines(
                    "Leases and messages",
                    "Workers that fell silent, leases found gone, messages that RabbitMQ lost.",
                    "short",
                    Query("sum(increase(epsm_runs_reaped_total[15m]))", "reaped"),
                    Query("sum(increase(epsm_leases_lost_total[15m]))", "leases lost"),
                    Query("sum(increase(epsm_messages_released_total[15m]))", "messages sent again"),
                ),
                lines(
                    "What the service adds to EnergyPlus",
                    "Share of a run's time outside the engine.",
                    "percentunit",
                    Query("epsm:overhead:ratio1h", "overhead"),
                ),
                lines(
                    "Overhead by phase",
                    "Mean time of a run in every phase but the engine.",
                    "s",
                    Query(
                        'sum by (phase) (rate(epsm_phase_seconds_sum{phase!="engine"}[15m]))'
                        " / sum by (phase) (rate(epsm_phase_seconds_count[15m]))",
                        "{{phase}}",
                    ),
                ),
            ),
        ),
        Row(
            "API",
            (
                lines(
                    "Requests",
                    "By status.",
                    "reqps",
                    Query("sum by (status) (rate(epsm_http_request_seconds_count[5m]))", "{{status}}"),
                ),
                lines(
                    "Latency by route",
                    "95 % of answers took less.",
                    "s",
                    Query("route:epsm_http_request_seconds:p95", "{{method}} {{route}}"),
                ),
                lines(
                    "Answers with 5xx",
                    "Share of all responses, without probes.",
                    "percentunit",
                    Query("epsm:http_errors:ratio5m", "5xx"),
                ),
                lines(
                    "Requests, bodies and streams",
                    "Requests that are being answered, each on a thread, and their maximum number. Bodies being "
                    "received, open event streams and WebSockets hold no thread.",
                    "short",
                    Query("sum(epsm_http_requests_active)", "requests"),
                    Query("sum(epsm_http_threads)", "threads"),
                    Query("sum(epsm_http_bodies_open)", "bodies"),
                    Query("sum(epsm_http_streams_open)", "streams"),
                    Query("sum(epsm_http_sockets_open)", "sockets"),
                ),
            ),
        ),
        Row(
            "Store and schedule",
            (
                lines(
                    "Store: operations",
                    "Operations by kind.",
                    "ops",
                    Query("sum by (operation) (rate(epsm_storage_seconds_count[5m]))", "{{operation}}"),
                ),
                lines(
                    "Errors",
                    "Transactions and store operations that failed.",
                    "ops",
                    Query("sum(rate(epsm_database_errors_total[5m]))", "Postgres"),
                    Query("sum(rate(epsm_storage_errors_total[5m]))", "store"),
                ),
                lines(
                    "Time since each job last did its work",
                    "The slowest job is due every hour.",
                    "s",
                    Query("time() - max by (scheduled_job) (epsm_job_success_timestamp_seconds)", "{{scheduled_job}}"),
                ),
                lines(
                    "Scheduled jobs",
                    "Seconds of work a second, by job; more than a few hundredths is a lot.",
                    "s",
                    Query("sum by (scheduled_job) (rate(epsm_job_seconds_sum[5m]))", "{{scheduled_job}}"),
                ),
                lines(
                    "Scheduled jobs that failed",
                    "By job; they are tried again at their next turn.",
                    "short",
                    Query("sum by (scheduled_job) (increase(epsm_job_failures_total[15m]))", "{{scheduled_job}}"),
                ),
                lines(
                    "Error of estimated times",
                    "Half of the estimates of models never seen are off by no more than this share.",
                    "percentunit",
                    Query("max(epsm_estimate_error_ratio)", "error"),
                ),
                lines(
                    "Models that times are estimated from",
                    "Models of this installation in the fit; without one, the shipped fit is used.",
                    "short",
                    Query("max(epsm_estimate_models)", "models"),
                ),
                lines(
                    "Freed by retention",
                    "Bytes an hour.",
                    "bytes",
                    Query("sum(increase(epsm_retention_freed_bytes_total[1h]))", "freed"),
                ),
            ),
        ),
        Row(
            "Books",
            (
                lines(
                    "Runs by status",
                    "Rows in Postgres; retention deletes old ones.",
                    "short",
                    Query("max by (status) (epsm_ledger_runs)", "{{status}}"),
                    Query("max(epsm_ledger_submitted)", "submitted"),
                ),
                lines(
                    "Versions", "Processes by version.", "short", Query("count by (service, version) (epsm_build_info)")
                ),
            ),
        ),
    ),
)

WORKERS = Board(
    "workers",
    "EPSM: workers",
    "For capacity planning: number, load and health of workers.",
    (
        Row(
            "Fleet",
            (
                lines(
                    "Workers",
                    "Registered workers: ready, unfit, draining, drained or lost (no heartbeat for two leases).",
                    "short",
                    Query("max by (engine, state) (epsm_fleet_workers)", "{{state}}, {{engine}}"),
                ),
                lines(
                    "Slots in use",
                    "Running runs by slots; the rest could start at once.",
                    "percentunit",
                    Query("engine:epsm_runs_running:max / engine:epsm_fleet_slots:max", "{{engine}}"),
                ),
                lines(
                    "Wanted and there",
                    "Runs that are queued or running, which is what workers are scaled on, and slots.",
                    "short",
                    Query("engine:epsm_runs_ready:max + engine:epsm_runs_running:max", "wanted, {{engine}}"),
                    Query("engine:epsm_fleet_slots:max", "slots, {{engine}}"),
                ),
                lines(
                    "Given back",
                    "Attempts that a leaving worker gave back uncharged; many of them are work done twice.",
                    "short",
                    Query(
                        'sum by (engine) (increase(epsm_attempts_ended_total{outcome="drained"}[15m]))', "{{engine}}"
                    ),
                ),
            ),
        ),
        Row(
            "Each worker",
            (
                lines(
                    "Runs",
                    "Share of each worker's slots in use.",
                    "percentunit",
                    Query("epsm_worker_runs_active / epsm_worker_slots", "{{instance}}"),
                ),
                lines(
                    "Heartbeat",
                    "Time since the last one reached Postgres; leases end after 15 s.",
                    "s",
                    Query("epsm_worker_beat_age_seconds", "{{instance}}"),
                ),
                lines(
                    "Scratch space free",
                    "Of the file system with the scratch directory.",
                    "percentunit",
                    Query("epsm_worker_scratch_free_ratio", "{{instance}}"),
                ),
                lines(
                    "Memory",
                    "Of the worker's own process; every EnergyPlus takes some 230 MB beside it.",
                    "bytes",
                    Query('process_resident_memory_bytes{job="epsm-worker"}', "{{instance}}"),
                ),
            ),
        ),
    ),
)

RABBITMQ = Board(
    "rabbitmq",
    "EPSM: RabbitMQ",
    "Messages are few and short here: the backlog is in Postgres.",
    (
        Row(
            "Queues",
            (
                lines(
                    "Messages",
                    "By queue; .XQ holds what no worker could read.",
                    "short",
                    Query("sum by (queue) (rabbitmq_detailed_queue_messages)", "{{queue}}"),
                ),
                lines(
                    "With a worker",
                    "Handed out and not yet acknowledged: one for every running run.",
                    "short",
                    Query("sum by (queue) (rabbitmq_detailed_queue_messages_unacked)", "{{queue}}"),
                ),
                lines(
                    "Consumers",
                    "Workers that listen.",
                    "short",
                    Query("sum by (queue) (rabbitmq_detailed_queue_consumers)", "{{queue}}"),
                ),
                lines(
                    "Messages a second",
                    "Sent, acknowledged, and given to a second worker because the first one went.",
                    "ops",
                    Query("sum(rate(rabbitmq_global_messages_received_total[5m]))", "sent"),
                    Query("sum(rate(rabbitmq_global_messages_acknowledged_total[5m]))", "acknowledged"),
                    Query("sum(rate(rabbitmq_global_messages_redelivered_total[5m]))", "given again"),
                ),
            ),
        ),
        Row(
            "Node",
            (
                lines(
                    "Alarms",
                    "While one is raised, RabbitMQ takes no messages.",
                    "short",
                    Query("rabbitmq_alarms_memory_used_watermark", "memory, {{instance}}"),
                    Query("rabbitmq_alarms_free_disk_space_watermark", "disk, {{instance}}"),
                ),
                lines(
                    "Memory",
                    "Used, and where the alarm is raised.",
                    "bytes",
                    Query("rabbitmq_process_resident_memory_bytes", "used, {{instance}}"),
                    Query("rabbitmq_resident_memory_limit_bytes", "alarm, {{instance}}"),
                ),
                lines(
                    "Disk free",
                    "And where the alarm is raised.",
                    "bytes",
                    Query("rabbitmq_disk_space_available_bytes", "free, {{instance}}"),
                    Query("rabbitmq_disk_space_available_limit_bytes", "alarm, {{instance}}"),
                ),
                lines(
                    "Connections",
                    "Two for every worker, a few for API and scheduler; a steady climb is a leak.",
                    "short",
                    Query("rabbitmq_connections", "connections, {{instance}}"),
                    Query("rabbitmq_channels", "channels, {{instance}}"),
                ),
            ),
        ),
    ),
)

POSTGRES = Board(
    "postgres",
    "EPSM: Postgres",
    "The only store of state.",
    (
        Row(
            "Load",
            (
                lines(
                    "Connections",
                    "Taken, and how many there can be.",
                    "short",
                    Query("sum(pg_stat_database_numbackends)", "taken"),
                    Query("max(pg_settings_max_connections)", "can be"),
                ),
                lines(
                    "Transactions",
                    "Committed and rolled back.",
                    "ops",
                    Query("sum(rate(pg_stat_database_xact_commit[5m]))", "committed"),
                    Query("sum(rate(pg_stat_database_xact_rollback[5m]))", "rolled back"),
                ),
                lines(
                    "Longest transaction",
                    "By what it is doing; idle ones keep locks and dead rows.",
                    "s",
                    Query(
                        'max by (state) (pg_stat_activity_max_tx_duration{state=~"active|idle in transaction"})',
                        "{{state}}",
                    ),
                ),
                lines(
                    "Locks",
                    "By mode.",
                    "short",
                    Query("sum by (mode) (pg_locks_count)", "{{mode}}"),
                ),
            ),
        ),
        Row(
            "Data",
            (
                lines("Size", "Of every database.", "bytes", Query("pg_database_size_bytes", "{{datname}}")),
                lines(
                    "Read from memory",
                    "Part of the blocks that were in Postgres's own cache.",
                    "percentunit",
                    Query(
                        "sum(rate(pg_stat_database_blks_hit[15m]))"
                        " / (sum(rate(pg_stat_database_blks_hit[15m])) + sum(rate(pg_stat_database_blks_read[15m])))",
                        "from memory",
                    ),
                ),
                lines(
                    "Rows written",
                    "Inserted, updated, deleted.",
                    "ops",
                    Query("sum(rate(pg_stat_database_tup_inserted[5m]))", "inserted"),
                    Query("sum(rate(pg_stat_database_tup_updated[5m]))", "updated"),
                    Query("sum(rate(pg_stat_database_tup_deleted[5m]))", "deleted"),
                ),
                lines(
                    "Deadlocks",
                    "Two transactions waiting for each other; there is an order of locks, so there should be none.",
                    "short",
                    Query("sum(increase(pg_stat_database_deadlocks[1h]))", "deadlocks"),
                ),
            ),
        ),
    ),
)

BOARDS = (USERS, OPERATORS, WORKERS, RABBITMQ, POSTGRES)
