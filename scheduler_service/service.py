"""The scheduler process: jobs, their intervals, and the handling of late, overlapping and failing jobs."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from scheduler_service.breakers import CircuitBreakers
from scheduler_service.canary import CanaryJob
from scheduler_service.cancellations import Cancellations
from scheduler_service.census import Census
from scheduler_service.dependants import Dependants
from scheduler_service.orphans import OrphanSearch
from scheduler_service.reaper import Reaper
from scheduler_service.reconciler import Reconciler
from scheduler_service.records import OldRecords
from scheduler_service.retention import Retention
from scheduler_service.time_fit import TimeFitting
from shared import metrics
from shared.broker.address import broker_address
from shared.broker.publisher import RabbitPublisher
from shared.db.address import database_address, listening_address
from shared.db.database import Database, DatabaseAway
from shared.db.listen import Listener
from shared.health import HealthServer
from shared.logging import get_logger
from shared.messages import BrokerAway
from shared.settings import Settings
from shared.state.policy import RetryPolicy
from shared.state.writer import DISPATCH_CHANNEL
from shared.storage import Storage, StorageError
from shared.window.loop import DispatchLoop

log = get_logger(__name__)

#: Interval of the reaper: so short that the lease, not the interval, determines how long a lost run waits.
REAP_SECONDS = 1.0
#: About as often as Prometheus usually scrapes.
CENSUS_SECONDS = 5.0
#: Until then no run of a cancelled simulation starts; only its end is late.
CANCEL_SECONDS = 10.0
#: From its opening on no run starts; until the next pass the queued ones are shown as waiting.
BREAKER_SECONDS = 2.0
#: So short that a chain of short simulations does not wait for the scheduler.
DEPENDANTS_SECONDS = 1.0
#: The check reads the whole ledger; a difference is a fault, but no user waits for its detection.
LEDGER_SECONDS = 60.0
FORGET_SECONDS = 3600.0
#: A fit changes little with one more model.
FIT_SECONDS = 600.0
#: Few threads, because every thread that publishes keeps a connection to RabbitMQ. Four jobs may take long at the same
#: time: retention and orphans with many files, breakers and dependants with many runs. Two threads are left for others.
THREADS = 6
#: /healthz reports a fault after this many dispatch intervals (and one lease) without a pass or a clear failure.
SILENT_INTERVALS = 10


class SchedulerService:
    """One scheduler process; any number may run."""

    def __init__(self, settings: Settings, storage: Storage) -> None:
        lease = timedelta(seconds=settings.lease_seconds)
        url = database_address(settings)
        self._settings = settings
        self._database = Database(url, name="epsm-scheduler", pool_size=THREADS + 1)
        self._publisher = RabbitPublisher(broker_address(settings), queue_type=settings.queue_type)
        self._dispatch = DispatchLoop(settings, self._database, self._publisher)
        self._listener = Listener(listening_address(settings), DISPATCH_CHANNEL, self._dispatch.poke)
        self._health = HealthServer(
            settings.health_host, settings.scheduler_port, self._fault, metrics.registry("scheduler")
        )
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(THREADS)},
            timezone=UTC,
            job_defaults={
                # After a stall, one pass replaces all missed ones, and it runs however late it is.
                "coalesce": True,
                "misfire_grace_time": None,
                # While a pass takes longer than its interval, no second one starts.
                "max_instances": 1,
            },
        )
        self._scheduler.add_listener(_count_missed, EVENT_JOB_MISSED)
        policy = RetryPolicy(timedelta(seconds=settings.retry_backoff_seconds))
        reconciler = Reconciler(self._database, self._publisher, lease)
        grace = timedelta(seconds=settings.grace_seconds)
        keep = timedelta(days=settings.retention_days)
        period = timedelta(seconds=settings.canary_seconds)
        census = Census(self._database, settings.engines, lease=lease, window_minimum=settings.window_minimum)
        self._every(CENSUS_SECONDS, "census", census.run)
        self._every(REAP_SECONDS, "reaper", Reaper(self._database, policy, lease).run)
        self._every(settings.lease_seconds / 2, "lost_messages", reconciler.release_lost_messages)
        self._every(CANCEL_SECONDS, "cancellations", Cancellations(self._database).run)
        self._every(BREAKER_SECONDS, "breakers", CircuitBreakers(self._database).run)
        self._every(DEPENDANTS_SECONDS, "dependants", Dependants(self._database).run)
        self._every(LEDGER_SECONDS, "ledger", reconciler.check_ledger)
        self._every(FORGET_SECONDS, "dead_workers", reconciler.forget_dead_workers)
        self._every(settings.canary_seconds, "canary", CanaryJob(self._database, self._publisher, period).run)
        self._every(settings.retention_seconds, "retention", Retention(self._database, storage, keep, grace).run)
        records = OldRecords(self._database, timedelta(days=settings.audit_days))
        self._every(settings.retention_seconds, "records", records.run)
        self._every(FIT_SECONDS, "time_fit", TimeFitting(self._database).run)
        orphans = OrphanSearch(self._database, storage, settings.scratch_directory, grace)
        self._every(settings.retention_seconds, "orphans", orphans.run)

    def start(self) -> None:
        """Starts all threads; Postgres and RabbitMQ may become reachable later."""
        self._health.start()
        self._dispatch.start()
        self._listener.start()
        self._scheduler.start()
        log.info("scheduler.started", health_port=self._health.port)

    def stop(self) -> None:
        """Starts no more jobs, waits for the running ones and closes all connections."""
        self._scheduler.shutdown(wait=True)
        self._listener.stop()
        self._dispatch.stop()
        self._publisher.close()
        self._health.stop()
        self._database.close()
        log.info("scheduler.stopped")

    def _every(self, seconds: float, name: str, action: Callable[[], object]) -> None:
        self._scheduler.add_job(
            _Job(name, action),
            "interval",
            seconds=seconds,
            id=name,
            name=name,
            # Not a whole interval after the start: a scheduler that is restarted often must run all jobs too.
            next_run_time=datetime.now(UTC) + timedelta(seconds=min(seconds, 1.0)),
        )

    def _fault(self) -> str | None:
        silent = time.monotonic() - self._dispatch.last_pass
        if silent > SILENT_INTERVALS * self._settings.dispatch_seconds + self._settings.lease_seconds:
            return f"nothing has been dispatched for {silent:.0f} s: Postgres or RabbitMQ is away, or the loop is stuck"
        return None


class _Job:
    """A job whose failures are counted and logged and do not stop the schedule."""

    def __init__(self, name: str, action: Callable[[], object]) -> None:
        self._name = name
        self._action = action
        metrics.job_failures.labels(name)
        metrics.job_success_timestamp_seconds.labels(name).set_to_current_time()

    def __call__(self) -> None:
        with metrics.job_seconds.labels(self._name).time():
            self._attempt()

    def _attempt(self) -> None:
        try:
            self._action()
            metrics.job_success_timestamp_seconds.labels(self._name).set_to_current_time()
        except (DatabaseAway, BrokerAway, StorageError) as error:
            metrics.job_failures.labels(self._name).inc()
            log.warning("job.away", job=self._name, error=str(error).strip())
        except Exception:
            # APScheduler would also log it and go on; caught here, it is counted too.
            metrics.job_failures.labels(self._name).inc()
            log.exception("job.failed", job=self._name)


def _count_missed(event: JobExecutionEvent) -> None:
    log.warning("job.missed", job=event.job_id)
