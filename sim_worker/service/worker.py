"""The worker service: creates its parts, starts them in order, drains on SIGTERM. Used by `python -m sim_worker`."""

import os
import secrets
import socket
import time
from datetime import timedelta
from importlib.metadata import version
from uuid import UUID

from dramatiq import Worker
from sqlalchemy import func, update

from shared import metrics
from shared.broker.address import broker_address
from shared.broker.broker import EpsmBroker
from shared.broker.queues import CANARY_QUEUE, runs_queue
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import Sandbox
from shared.db.address import database_address
from shared.db.database import Database, DatabaseAway
from shared.db.tables import Canary
from shared.energyplus.installation import Engine
from shared.health import HealthServer
from shared.helper import preload
from shared.logging import get_logger
from shared.settings import Settings
from shared.state.fleet import register
from shared.state.policy import RetryPolicy
from shared.storage import Storage
from sim_worker.attempt.active import ActiveAttempts
from sim_worker.attempt.actor import declare_actor
from sim_worker.attempt.attempt import Attempts
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.ends import AttemptEnds
from sim_worker.attempt.owner_room import OwnerRoom
from sim_worker.attempt.public_text import PublicText
from sim_worker.attempt.recent_self_test import RecentSelfTest
from sim_worker.attempt.reuse import KnownResults, maker
from sim_worker.attempt.scratch import free_ratio, sweep
from sim_worker.service.heartbeat import Heartbeat
from sim_worker.service.middleware import ordered_middleware
from sim_worker.service.readiness import Readiness
from sim_worker.service.self_test import SelfTest
from sim_worker.service.self_test_loop import SelfTestLoop

log = get_logger(__name__)

#: Time for killing the engines of the runs to give back and for writing these runs to Postgres.
GIVE_BACK_SECONDS = 10.0
#: Longest wait for the first self-test, which takes half a second. A worker whose store hangs must still register, so
#: that its fault is visible.
FIRST_SELF_TEST_SECONDS = 10.0
#: Interval at which a draining worker checks whether its runs can still end in time.
LOOK_SECONDS = 1.0


class WorkerService:
    """One worker process: one engine, `concurrency` threads, one heartbeat; `sandbox` None turns confinement off."""

    def __init__(self, settings: Settings, storage: Storage, engine: Engine, sandbox: Sandbox | None) -> None:
        self._settings = settings
        self._engine = engine
        self.id = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._database = Database(
            database_address(settings),
            name=self.id,
            # One connection for each thread, one for the heartbeat and one for canaries.
            pool_size=settings.concurrency + 2,
            # A worker that freezes in a transaction must not keep its locks on runs for longer than their leases.
            idle_seconds=settings.lease_seconds,
        )
        self._active = ActiveAttempts()
        self._retry = DatabaseRetry()
        self._start_retry = DatabaseRetry()
        self._launcher = Launcher(preload([engine.version]))
        public = PublicText(settings, engine)
        self._readiness = Readiness(public.clean)
        self_test = SelfTest(settings, storage, self._launcher, engine, sandbox)
        self._self_tests = SelfTestLoop(self_test, self._readiness)
        policy = RetryPolicy(timedelta(seconds=settings.retry_backoff_seconds), max_give_backs=settings.max_give_backs)
        ends = AttemptEnds(self._database, self._retry, policy, public)
        self._broker = EpsmBroker(
            broker_address(settings),
            queue_type=settings.queue_type,
            prefetch=settings.concurrency,
            middleware=ordered_middleware(settings, self._active, ends, self._self_tests.require_self_test),
            on_canary=self._answer_canary,
            takes_runs=lambda: self._readiness.takes_runs,
        )
        attempts = Attempts(
            settings,
            self.id,
            self._database,
            storage,
            self._launcher,
            engine,
            sandbox,
            self._active,
            self._retry,
            ends,
            RecentSelfTest(self_test),
            OwnerRoom(settings.owner_stored_bytes),
            KnownResults(self._database, self._retry, engine),
        )
        declare_actor(self._broker, runs_queue(engine.version, settings.queue_type), attempts)
        self._broker.declare_queue(CANARY_QUEUE)
        self._worker = Worker(self._broker, worker_threads=settings.concurrency)
        self._heartbeat = Heartbeat(
            self._database,
            self._active,
            self._readiness,
            self.id,
            interval=settings.beat_seconds,
            lease=timedelta(seconds=settings.lease_seconds),
        )
        self._health = HealthServer(settings.health_host, settings.worker_port, self._fault, metrics.registry("worker"))
        self._expose()

    def start(self) -> None:
        """Start all parts; returns once the worker takes runs, or reports why it is not fit to.

        Waits for Postgres without limit; after `hurry` it raises DatabaseAway instead.
        """
        self._launcher.start()
        self._health.start()
        self._self_tests.start()
        self._self_tests.wait_for_first_result(FIRST_SELF_TEST_SECONDS)
        self._start_retry.run(self._register)
        swept = self._start_retry.run(lambda: sweep(self._settings.scratch_directory, self._database))
        self._heartbeat.start()
        # Normally Dramatiq's command line emits this event; the TimeLimit middleware starts its timer on it.
        self._broker.emit_after("process_boot")
        self._worker.start()
        log.info(
            "worker.started",
            worker_id=self.id,
            engine=self._engine.version,
            concurrency=self._settings.concurrency,
            health_port=self._health.port,
            swept=swept,
        )

    def hurry(self) -> None:
        """Make `start` stop waiting for Postgres."""
        self._start_retry.end()

    def stop(self) -> None:
        """Drain and stop: take no more runs, let those end that can in time, give back the rest uncharged, close."""
        log.info("worker.draining", runs=len(self._active.all()))
        self._readiness.leaving = True
        self._broker.drain()
        self._let_end(self._settings.drain_seconds)
        # Also without any attempts: a message that is being received at this moment may still lead to a claim.
        self._active.give_back_all()
        self._active.wait_until_idle(GIVE_BACK_SECONDS)
        self._retry.end()
        self._worker.stop(timeout=int(GIVE_BACK_SECONDS * 1000))
        self._heartbeat.stop()
        try:
            self._heartbeat.say_goodbye()
        except DatabaseAway:
            log.warning("worker.left_unsaid")
        self.close()

    def close(self) -> None:
        """Close all connections and the launcher; for a worker that has stopped or was never started completely."""
        self._self_tests.stop()
        self._launcher.close()
        self._broker.close()
        self._health.stop()
        self._database.close()
        log.info("worker.stopped")

    def _let_end(self, seconds: float) -> None:
        """Wait for the runs that can end within `seconds`; give back the others early, for other workers to start."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            self._active.give_back_longer_than(left)
            if self._active.wait_until_idle(min(left, LOOK_SECONDS)):
                return

    def _expose(self) -> None:
        metrics.expect_attempts(self._engine.version)
        metrics.worker_slots.set(self._settings.concurrency)
        metrics.worker_beat_age_seconds.set_function(lambda: time.monotonic() - self._heartbeat.last_beat)
        metrics.scratch_free_ratio.set_function(lambda: free_ratio(self._settings.scratch_directory))

    def _register(self) -> None:
        with self._database.transaction() as connection:
            register(
                connection,
                worker_id=self.id,
                host=socket.gethostname(),
                pid=os.getpid(),
                version=version("epsm"),
                engine=self._engine.version,
                concurrency=self._settings.concurrency,
                condition=self._readiness.condition(0),
                maker=maker(self._engine),
            )

    def _answer_canary(self, canary_id: UUID) -> None:
        answer = (
            update(Canary)
            .where(Canary.id == canary_id, Canary.received_at.is_(None))
            .values(received_at=func.clock_timestamp(), worker_id=self.id)
        )
        try:
            with self._database.transaction() as connection:
                connection.execute(answer)
        except DatabaseAway as error:
            log.warning("canary.unanswered", error=str(error))

    def _fault(self) -> str | None:
        silent = time.monotonic() - self._heartbeat.last_beat
        if silent > 2 * self._settings.lease_seconds:
            return f"no heartbeat has reached Postgres for {silent:.0f} s"
        return self._readiness.fault
