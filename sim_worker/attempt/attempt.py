"""One attempt at a run, from claim to commit: called by the actor on a worker thread.

What the model is to blame for ends the run here; everything else leaves as InfrastructureError and becomes a decision
in the retry middleware. No transaction is open while files move or EnergyPlus runs.
"""

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Connection

from shared import metrics, tracing
from shared.confinement.launcher import Launcher, LauncherLost
from shared.confinement.sandbox import Sandbox
from shared.db.database import Database
from shared.energyplus.installation import Engine, EngineError
from shared.energyplus.preparation.prepare import PreparationError, Prepared, prepare
from shared.energyplus.results.messages import read_messages
from shared.energyplus.results.reading import ResultError, read_results
from shared.energyplus.verdict import Verdict
from shared.enums import Outcome
from shared.logging import get_logger
from shared.settings import Settings
from shared.state.claim import Claimed, claim
from shared.state.finish import AttemptKey, Failure, Finished, finish, give_back, stop
from shared.state.policy import RetryPolicy
from shared.storage import Storage, StorageError
from sim_worker.attempt.active import ActiveAttempt, ActiveAttempts
from sim_worker.attempt.conclude import SUCCESSES, failed, succeeded
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.errors import InfrastructureError
from sim_worker.attempt.files import fetch_inputs, store_outputs, write_changes
from sim_worker.attempt.phases import Phases
from sim_worker.attempt.request import preparation
from sim_worker.attempt.scratch import scratch
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution, Limits, Stop, supervise
from sim_worker.service.middleware import MARGIN_SECONDS

log = get_logger(__name__)

Value = TypeVar("Value")


_OUTCOMES = {Stop.CANCELLED: Outcome.CANCELLED, Stop.DRAINED: Outcome.DRAINED, Stop.LEASE_LOST: Outcome.LOST}


class Stopped(Exception):
    """The attempt was told to stop; the reason is in `stop`."""

    def __init__(self, reason: Stop) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Attempts:
    """Carries out attempts, several at once from several threads."""

    settings: Settings
    worker_id: str
    database: Database
    storage: Storage
    launcher: Launcher
    engine: Engine
    sandbox: Sandbox | None
    active: ActiveAttempts
    retry: DatabaseRetry
    policy: RetryPolicy
    self_test: Callable[[], str | None]

    def carry_out(self, run_id: UUID, simulation_id: UUID) -> None:
        """Claim the run and see it through; nothing happens when it is not there to be claimed.

        Raises InfrastructureError.
        """
        phases = Phases()
        with phases.phase("claim"):
            claimed = self._transact(lambda c: self._claim(c, run_id, simulation_id))
        if claimed is None:
            log.info("run.not_claimed", run_id=str(run_id))
            return
        attempt = self.active.enter(claimed)
        with structlog.contextvars.bound_contextvars(run_id=str(run_id), attempt=claimed.attempt):
            self._see_through(attempt, phases)

    def _claim(self, connection: Connection, run_id: UUID, simulation_id: UUID) -> Claimed | None:
        return claim(
            connection,
            run_id,
            simulation_id,
            worker_id=self.worker_id,
            lease=timedelta(seconds=self.settings.lease_seconds),
            margin=timedelta(seconds=MARGIN_SECONDS),
            owner_runs=self.settings.owner_running_runs,
        )

    def _see_through(self, attempt: ActiveAttempt, phases: Phases) -> None:
        claimed = attempt.claimed
        started = time.monotonic()
        waited = datetime.now(UTC) - claimed.ready_at
        metrics.attempts_started.labels(claimed.engine).inc()
        metrics.queue_wait_seconds.labels(claimed.engine).observe(max(waited.total_seconds(), 0))
        log.info("attempt.started", simulation_id=str(claimed.simulation_id))
        tracing.note({"epsm.attempt": claimed.attempt, "epsm.engine": claimed.engine, "epsm.worker": self.worker_id})
        try:
            with scratch(self.settings.scratch_directory, claimed.run_id, claimed.attempt) as directory:
                finished = self._execute(attempt, directory, phases)
        except Stopped as stopped:
            self._end_stopped(attempt, stopped.reason)
            return
        except StorageError as error:
            raise InfrastructureError("storage_unavailable", f"Storage: {error}") from error
        except (EngineError, LauncherLost) as error:
            raise InfrastructureError("engine_unavailable", str(error)) from error
        except OSError as error:
            raise InfrastructureError("scratch_unavailable", f"Scratch directory: {error}") from error
        with phases.phase("commit"):
            kept = self._transact(
                lambda c: finish(c, attempt.key, dataclasses.replace(finished, phases=phases.seconds))
            )
        metrics.run_seconds.labels(claimed.engine).observe(time.monotonic() - started)
        outcome = Outcome.LOST if not kept else Outcome.SUCCEEDED if finished.failure is None else Outcome.FAILED
        verdict = finished.verdict if kept and finished.verdict else metrics.NO_VERDICT
        metrics.attempts_ended.labels(claimed.engine, outcome, verdict).inc()
        tracing.note({"epsm.outcome": outcome.value, "epsm.verdict": verdict})
        log.info("attempt.ended", kept=kept, verdict=finished.verdict, **phases.seconds)

    def _execute(self, attempt: ActiveAttempt, directory: Path, phases: Phases) -> Finished:
        claimed = attempt.claimed
        inputs, work = directory / "inputs", directory / "work"
        inputs.mkdir()
        work.mkdir()
        with phases.phase("fetch"):
            model, weather = fetch_inputs(self.storage, claimed, inputs, work)
        _raise_if_stopped(attempt)
        attempt.report(Progress(0, "Preparing the model"))
        with phases.phase("prepare"):
            request = preparation(claimed.spec, claimed.parameters)
            try:
                prepared = prepare(model, work, request, version=claimed.engine)
            except PreparationError as error:
                return Finished(verdict=None, metrics=None, failure=Failure(error.code, str(error)))
            write_changes(prepared, work)
        _raise_if_stopped(attempt)
        with phases.phase("engine"), tracing.span("energyplus"):
            execution = self._supervise(attempt, prepared, weather)
            tracing.note({"epsm.exit": str(execution.exit)})
        if execution.stopped is not None:
            raise Stopped(execution.stopped)
        with phases.phase("parse"):
            finished = self._read(claimed, execution, work)
        _raise_if_stopped(attempt)
        attempt.report(Progress(99, "Storing the results"))
        with phases.phase("store"):
            files = store_outputs(self.storage, claimed, prepared)
        return dataclasses.replace(finished, files=files)

    def _supervise(self, attempt: ActiveAttempt, prepared: Prepared, weather: Path) -> Execution:
        return supervise(
            self.launcher,
            self.engine,
            prepared.path,
            weather,
            Limits(
                soft_seconds=attempt.claimed.soft_limit_seconds,
                hard_seconds=attempt.claimed.hard_limit_seconds,
                memory_bytes=self.settings.memory_limit_bytes,
                file_bytes=self.settings.file_limit_bytes,
                scratch_bytes=self.settings.scratch_limit_bytes,
                sandbox=self.sandbox,
            ),
            stop=attempt.stop,
            on_progress=attempt.report,
            environments=prepared.environments,
            needs_expansion=prepared.needs_expansion,
            variables={name.upper(): value for name, value in tracing.carrier().items()},
        )

    def _read(self, claimed: Claimed, execution: Execution, work: Path) -> Finished:
        if execution.killed_from_outside:
            raise InfrastructureError("engine_killed", f"EnergyPlus was killed from outside ({execution.exit})")
        # A broken installation crashes as a model may. Only an engine that starts is believed about its model.
        if execution.verdict is Verdict.CRASHED and (fault := self.self_test()) is not None:
            raise InfrastructureError(
                "worker_unfit", f"EnergyPlus crashed ({execution.exit}) on an unfit worker: {fault}"
            )
        if execution.verdict not in SUCCESSES:
            return failed(execution, read_messages(work / "eplusout.err").messages, claimed.hard_limit_seconds)
        try:
            return succeeded(execution, read_results(work, engine_seconds=execution.engine_seconds))
        except ResultError as error:
            raise InfrastructureError("results_unreadable", f"EnergyPlus succeeded, but {error}") from error

    def _end_stopped(self, attempt: ActiveAttempt, reason: Stop) -> None:
        """Write down why the attempt was stopped; of a lost lease there is nothing left to say."""
        log.info("attempt.stopped", reason=str(reason))
        metrics.attempts_ended.labels(attempt.claimed.engine, _OUTCOMES[reason], metrics.NO_VERDICT).inc()
        tracing.note({"epsm.outcome": _OUTCOMES[reason].value})
        ends: dict[Stop, Callable[[Connection, AttemptKey], bool]] = {
            Stop.CANCELLED: stop,
            Stop.DRAINED: lambda connection, key: give_back(connection, key, self.policy),
        }
        if reason in ends:
            self._transact(lambda c: ends[reason](c, attempt.key))

    def _transact(self, action: Callable[[Connection], Value]) -> Value:
        def transaction() -> Value:
            with self.database.transaction() as connection:
                return action(connection)

        return self.retry.run(transaction)


def _raise_if_stopped(attempt: ActiveAttempt) -> None:
    if (reason := attempt.stop.requested) is not None:
        raise Stopped(reason)
