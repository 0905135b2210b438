"""All Prometheus metrics of all services, declared once: help, unit, bounded labels, and which service serves them.

The values of a label are a set known in advance (an engine, a phase, a route template), never ids. Labels of rare
events are initialised at the start (`expect_...`), so that a query finds 0 instead of no series. Tests check dashboards
and alerts against this module.
"""

from collections.abc import Iterable
from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.metrics import MetricWrapperBase

from shared.energyplus.verdict import Verdict
from shared.enums import HeldReason, Outcome, Status

# Without this, prometheus_client adds a `_created` series to each counter: double the storage, and no query uses it.
disable_created_metrics()  # type: ignore[no-untyped-call]

#: Upper bounds in seconds, as below. Runs take from a second to an hour.
RUN_BUCKETS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
#: A run may wait in the queue for days.
WAIT_BUCKETS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 72 * 3600)
#: Phases of a run other than `engine` normally take milliseconds.
PHASE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3600)

#: Phases of an attempt, in order; all except `engine` are overhead of the service. In `settle` it is looked up whether
#: the result is known.
PHASES = ("claim", "settle", "fetch", "prepare", "engine", "parse", "store", "commit")
#: Label for an attempt without a verdict of EnergyPlus.
NO_VERDICT = "none"
_VERDICTS = {
    Outcome.SUCCEEDED: (Verdict.SUCCESS, Verdict.SUCCESS_WITH_SEVERE_ERRORS),
    Outcome.FAILED: (Verdict.FATAL, Verdict.CRASHED, Verdict.TIMED_OUT, NO_VERDICT),
}
#: Reasons why a queued run waits, besides HeldReason: it waits only for its turn, or its engine is paused.
READY = "ready"
PAUSED = "paused"
#: Limits because of which the API refuses a request, whether it is valid or not.
REFUSALS = (
    *("request_rate", "address_rate", "queued_runs", "stored_bytes"),
    *("body_bytes", "address_bodies", "sockets", "helpers"),
)


def _counter(name: str, text: str, *labels: str) -> Counter:
    return Counter(name, text, labels, registry=None)


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(name, text, labels, registry=None)


def _histogram(name: str, text: str, buckets: Iterable[float], *labels: str) -> Histogram:
    return Histogram(name, text, labels, buckets=tuple(buckets), registry=None)


build: Final = _gauge(
    "epsm_build_info", "Always 1; its labels are the service and the running version.", "service", "version"
)

http_request_seconds: Final = _histogram(
    "epsm_http_request_seconds",
    "Duration of a request, by route template.",
    Histogram.DEFAULT_BUCKETS,
    *("method", "route", "status"),
)
http_requests_active: Final = _gauge("epsm_http_requests_active", "Requests that are being answered.")
http_bodies_open: Final = _gauge("epsm_http_bodies_open", "Request bodies that are being received.")
http_streams_open: Final = _gauge("epsm_http_streams_open", "Event streams that are open.")
http_sockets_open: Final = _gauge("epsm_http_sockets_open", "WebSockets that are open.")
http_threads: Final = _gauge("epsm_http_threads", "Requests that can be answered at the same time.")
requests_refused: Final = _counter(
    "epsm_requests_refused", "Requests that were refused because of a limit, by limit.", "reason"
)

attempts_started: Final = _counter("epsm_attempts_started", "Attempts this worker has claimed.", "engine")
attempts_ended: Final = _counter(
    "epsm_attempts_ended",
    "Attempts this worker has ended, by outcome and by the verdict of EnergyPlus ('none': no verdict).",
    *("engine", "outcome", "verdict"),
)
run_seconds: Final = _histogram("epsm_run_seconds", "Time from claim to commit of an attempt.", RUN_BUCKETS, "engine")
phase_seconds: Final = _histogram("epsm_phase_seconds", "Duration of the phases of an attempt.", PHASE_BUCKETS, "phase")
queue_wait_seconds: Final = _histogram(
    "epsm_queue_wait_seconds", "Time from when a run could start until a worker claimed it.", WAIT_BUCKETS, "engine"
)
worker_runs_active: Final = _gauge("epsm_worker_runs_active", "Runs that this worker is executing.")
worker_slots: Final = _gauge("epsm_worker_slots", "Runs that this worker can execute at the same time.")
worker_beat_age_seconds: Final = _gauge(
    "epsm_worker_beat_age_seconds", "Time since this worker's last heartbeat reached Postgres."
)
scratch_free_ratio: Final = _gauge(
    "epsm_worker_scratch_free_ratio", "Free fraction of the file system with the scratch directory, 0 to 1."
)
leases_lost: Final = _counter("epsm_leases_lost", "Attempts this worker gave up because it no longer held the lease.")

dispatch_age_seconds: Final = _gauge("epsm_dispatch_age_seconds", "Time since the last complete dispatch pass.")
dispatch_lag_seconds: Final = _histogram(
    "epsm_dispatch_lag_seconds", "Time from when a run could start until its message was sent.", WAIT_BUCKETS, "engine"
)

runs_waiting: Final = _gauge(
    "epsm_runs_waiting",
    "Queued runs by the reason why they wait: their turn, a pause, or what they are held for.",
    "engine",
    "reason",
)
runs_running: Final = _gauge("epsm_runs_running", "Runs that workers are executing.", "engine")
runs_overdue: Final = _gauge("epsm_runs_overdue", "Running runs past their absolute deadline.", "engine")
oldest_waiting_seconds: Final = _gauge(
    "epsm_oldest_waiting_seconds", "How long the oldest run that could start has been waiting.", "engine"
)
window_messages: Final = _gauge("epsm_window_messages", "Published runs that no worker has claimed yet.", "engine")
window_size: Final = _gauge(
    "epsm_window_size", "Maximum number of published runs that no worker has claimed yet.", "engine"
)
fleet_workers: Final = _gauge("epsm_fleet_workers", "Registered workers by state.", "engine", "state")
fleet_slots: Final = _gauge(
    "epsm_fleet_slots", "Runs that all workers accepting runs can execute at the same time.", "engine"
)

ledger_submitted: Final = _gauge(
    "epsm_ledger_submitted", "Sum of the numbers of runs that all simulations were submitted with."
)
ledger_runs: Final = _gauge("epsm_ledger_runs", "Rows in the table of runs, by status.", "status")
ledger_discrepancies: Final = _gauge(
    "epsm_ledger_discrepancies", "Simulations whose counters differ from their runs; anything but 0 is a fault."
)
runs_reaped: Final = _counter("epsm_runs_reaped", "Attempts ended because their lease had expired.")
messages_released: Final = _counter("epsm_messages_released", "Runs whose message was lost and is sent again.")
breakers_opened: Final = _counter(
    "epsm_breakers_opened", "Simulations whose rest was held because too many of their runs had failed."
)
canary_latency_seconds: Final = _gauge(
    "epsm_canary_latency_seconds", "Time that the newest answered canary message took through RabbitMQ."
)
canary_unanswered: Final = _gauge(
    "epsm_canary_unanswered", "Canary messages that no worker has answered for several periods."
)
retention_freed_bytes: Final = _counter("epsm_retention_freed_bytes", "Bytes that retention has deleted.")
job_seconds: Final = _histogram(
    "epsm_job_seconds", "Duration of a scheduled job, whether it succeeded or not.", PHASE_BUCKETS, "scheduled_job"
)
job_failures: Final = _counter("epsm_job_failures", "Executions of scheduled jobs that failed.", "scheduled_job")
job_success_timestamp_seconds: Final = _gauge(
    "epsm_job_success_timestamp_seconds",
    "Unix time when a scheduled job last succeeded; before that, when the scheduler started.",
    "scheduled_job",
)

database_errors: Final = _counter(
    "epsm_database_errors", "Transactions that failed because Postgres was unreachable or too slow."
)
storage_seconds: Final = _histogram(
    "epsm_storage_seconds", "Duration of an operation on the store.", Histogram.DEFAULT_BUCKETS, "operation"
)
storage_errors: Final = _counter("epsm_storage_errors", "Operations on the store that failed.", "operation")

estimate_models: Final = _gauge(
    "epsm_estimate_models", "Models of this installation in the regression that estimates the times of further ones."
)
estimate_error_ratio: Final = _gauge(
    "epsm_estimate_error_ratio", "Half of the estimates of models never seen are off by no more than this share."
)

_EVERYWHERE = (build, database_errors, storage_seconds, storage_errors)
_DISPATCHING = (dispatch_age_seconds, dispatch_lag_seconds)
_CENSUS = (
    *(runs_waiting, runs_running, runs_overdue, oldest_waiting_seconds),
    *(window_messages, window_size, fleet_workers, fleet_slots),
)

#: What each service serves at /metrics, by service.
SERVED: dict[str, tuple[MetricWrapperBase, ...]] = {
    "api": (
        *(*_EVERYWHERE, *_DISPATCHING, http_request_seconds, http_requests_active, http_threads, http_streams_open),
        *(http_bodies_open, http_sockets_open, requests_refused),
    ),
    "worker": (
        *(*_EVERYWHERE, attempts_started, attempts_ended, run_seconds, phase_seconds, queue_wait_seconds),
        *(worker_runs_active, worker_slots, worker_beat_age_seconds, scratch_free_ratio, leases_lost),
    ),
    "scheduler": (
        *(*_EVERYWHERE, *_DISPATCHING, *_CENSUS, ledger_submitted, ledger_runs, ledger_discrepancies),
        *(runs_reaped, messages_released, breakers_opened, retention_freed_bytes),
        *(canary_latency_seconds, canary_unanswered),
        *(job_seconds, job_failures, job_success_timestamp_seconds, estimate_models, estimate_error_ratio),
    ),
}


def registry(service: str) -> CollectorRegistry:
    """The registry that `service` (api, worker or scheduler) serves: its metrics and those of its process."""
    served = CollectorRegistry()
    ProcessCollector(registry=served)
    for metric in SERVED[service]:
        served.register(metric)
    build.labels(service, version("epsm")).set(1)
    return served


def expect_attempts(engine: str) -> None:
    """Initialise the worker's counters to 0 for every outcome, verdict and phase."""
    for metric in (attempts_started, run_seconds, queue_wait_seconds):
        metric.labels(engine)
    for outcome in Outcome:
        for verdict in _VERDICTS.get(outcome, (NO_VERDICT,)):
            attempts_ended.labels(engine, outcome, verdict)
    for phase in PHASES:
        phase_seconds.labels(phase)


def expect_refusals() -> None:
    """Initialise the API's counter of refusals to 0 for every reason."""
    for reason in REFUSALS:
        requests_refused.labels(reason)


def ended_by_outcome() -> dict[str, int]:
    """How many attempts this worker has ended, by outcome."""
    ended: dict[str, int] = {}
    for metric in attempts_ended.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total"):
                outcome = sample.labels["outcome"]
                ended[outcome] = ended.get(outcome, 0) + int(sample.value)
    return ended


def expect_dispatch(engines: Iterable[str]) -> None:
    """Initialise the dispatcher's histogram for every engine."""
    for engine in engines:
        dispatch_lag_seconds.labels(engine)


def expect_engines(engines: Iterable[str]) -> None:
    """Initialise the scheduler's gauges to 0, so that engines without runs have series too."""
    for engine in engines:
        for metric in (runs_running, runs_overdue, oldest_waiting_seconds, window_messages, window_size, fleet_slots):
            metric.labels(engine).set(0)
        for reason in (READY, PAUSED, *HeldReason):
            runs_waiting.labels(engine, reason).set(0)
    for status in Status:
        ledger_runs.labels(status)
