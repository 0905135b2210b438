"""Every metric of every service, declared once. Labels are bounded sets, never an id."""

from prometheus_client import Counter, Gauge, Histogram

#: Runs take from a second to an hour.
RUN_BUCKETS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
#: Phases of a run other than the engine itself take milliseconds when all is well.
PHASE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600)

http_request_seconds = Histogram(
    "epsm_http_request_seconds", "Time to answer a request, by route template.", ("method", "route", "status")
)
runs_ended = Counter("epsm_runs_ended", "Attempts a worker has ended, by how.", ("outcome",))
run_seconds = Histogram(
    "epsm_run_seconds", "Time from claim to commit of an attempt.", ("engine",), buckets=RUN_BUCKETS
)
phase_seconds = Histogram("epsm_phase_seconds", "Time of an attempt by phase.", ("phase",), buckets=PHASE_BUCKETS)
queue_wait_seconds = Histogram(
    "epsm_queue_wait_seconds", "Time from queued to claimed.", ("engine",), buckets=RUN_BUCKETS
)
runs_active = Gauge("epsm_worker_runs_active", "Runs this worker has right now.")
worker_slots = Gauge("epsm_worker_slots", "Runs this worker can have at once.")
leases_lost = Counter("epsm_leases_lost", "Attempts this worker gave up because it no longer held the lease.")
runs_reaped = Counter("epsm_runs_reaped", "Attempts ended because their lease had expired.")
messages_released = Counter("epsm_messages_released", "Runs whose message was lost and is sent again.")
ledger_discrepancies = Gauge(
    "epsm_ledger_discrepancies", "Simulations whose counters differ from their runs; anything but 0 is a fault."
)
canary_latency_seconds = Gauge("epsm_canary_latency_seconds", "Way of the newest answered canary through RabbitMQ.")
canary_unanswered = Gauge("epsm_canary_unanswered", "Canaries that no worker has answered for several periods.")
retention_freed_bytes = Counter("epsm_retention_freed_bytes", "Bytes that retention has deleted.")
job_failures = Counter("epsm_job_failures", "Scheduled jobs that raised, by job.", ("job",))
dispatch_age_seconds = Gauge("epsm_dispatch_age_seconds", "Time since the last complete dispatch pass.")
