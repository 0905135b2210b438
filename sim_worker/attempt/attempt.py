"""One attempt at a run, from claim to commit: called by the actor on a worker thread.

Errors of the model end the run here. All other errors are raised as InfrastructureError, for which the retry middleware
ends the attempt. No transaction is open while files are transferred or EnergyPlus runs.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import Connection

from shared import metrics, tracing
from shared.confinement.errors import ConfinementError
from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import Sandbox
from shared.db.database import Database
from shared.energyplus.installation import Engine, EngineError
from shared.energyplus.preparation.prepare import Preparation, PreparationError
from shared.energyplus.results.reading import ResultError
from shared.energyplus.verdict import Verdict
from shared.enums import Outcome
from shared.helper import HelperKilled, HelperLimits
from shared.logging import get_logger
from shared.request import preparation
from shared.settings import Settings
from shared.state.caps import OverCap, stored_bytes
from shared.state.claim import Claimed, claim
from shared.state.finished import Failure, Finished, MeasuredModel
from shared.storage import Storage, StorageError
from sim_worker.attempt.active import ActiveAttempt, ActiveAttempts
from sim_worker.attempt.conclusion import failed, no_room, succeeded, with_notes, without_files
from sim_worker.attempt.database_retry import DatabaseRetry
from sim_worker.attempt.design import fetch_values
from sim_worker.attempt.ends import AttemptEnds, verdict_of
from sim_worker.attempt.errors import InfrastructureError
from sim_worker.attempt.files import fetch_inputs, keep_outputs, store_outputs, stored_size
from sim_worker.attempt.owner_room import OwnerRoom
from sim_worker.attempt.phases import Phases
from sim_worker.attempt.recent_self_test import RecentSelfTest
from sim_worker.attempt.reuse import KnownResults, ddy_file
from sim_worker.attempt.scratch import scratch
from sim_worker.engine.execute import Executed, Observer, execute
from sim_worker.engine.progress import Progress
from sim_worker.engine.supervise import Execution
from sim_worker.engine.watch import Limits, Stopped

log = get_logger(__name__)

#: Time for everything in an attempt except the engine: fetching, preparing, parsing, storing, waiting for Postgres.
MARGIN_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class _Trace(Observer):
    """Measures the phases of an execution and passes the trace to the engine's environment."""

    phases: Phases

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        with self.phases.phase(name):
            if name == "engine":
                with tracing.span("energyplus"):
                    yield
            else:
                yield

    def environment(self) -> Mapping[str, str]:
        return {name.upper(): value for name, value in tracing.carrier().items()}

    def ended(self, execution: Execution) -> None:
        tracing.note({"epsm.exit": str(execution.exit)})


@dataclass(frozen=True, slots=True)
class Attempts:
    """Carries out attempts; called from several threads at once."""

    settings: Settings
    worker_id: str
    database: Database
    storage: Storage
    launcher: Launcher
    engine: Engine
    sandbox: Sandbox | None
    active: ActiveAttempts
    retry: DatabaseRetry
    ends: AttemptEnds
    self_test: RecentSelfTest
    room: OwnerRoom
    known: KnownResults

    def carry_out(self, run_id: UUID, simulation_id: UUID) -> None:
        """Claim the run and carry out the attempt to its end; does nothing when the run cannot be claimed.

        Raises InfrastructureError for errors that the model did not cause, DatabaseAway when the worker stops while
        Postgres is unreachable.
        """
        phases = Phases()
        with phases.phase("claim"):
            claimed = self.retry.transact(self.database, lambda c: self._claim(c, run_id, simulation_id))
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
            with phases.phase("settle"):
                values = fetch_values(self.storage, claimed, attempt.stop)
                is_settled = self.known.settle(attempt, values, phases)
            if is_settled:
                return
            with scratch(self.settings.scratch_directory, claimed.run_id, claimed.attempt) as directory:
                finished = self._work(attempt, values, directory, phases)
        except Stopped as stopped:
            self.ends.stop(attempt, stopped.reason)
            return
        except StorageError as error:
            raise InfrastructureError("storage_unavailable", f"Storage: {error}") from error
        except HelperKilled as error:
            raise InfrastructureError("engine_killed", str(error)) from error
        except (EngineError, ConfinementError) as error:
            raise InfrastructureError("engine_unavailable", str(error)) from error
        except OSError as error:
            raise InfrastructureError("scratch_unavailable", f"Scratch directory: {error}") from error
        with phases.phase("commit"):
            outcome = self.ends.finish(attempt, replace(finished, phases=phases.seconds))
        # Set on the span of the whole attempt, so after the span of its last phase has ended.
        tracing.note({"epsm.outcome": outcome.value, "epsm.verdict": verdict_of(outcome, finished)})
        log.info("attempt.ended", kept=outcome is not Outcome.LOST, verdict=finished.verdict, **phases.seconds)
        metrics.run_seconds.labels(claimed.engine).observe(time.monotonic() - started)

    def _work(
        self, attempt: ActiveAttempt, values: Mapping[str, float | str], directory: Path, phases: Phases
    ) -> Finished:
        claimed = attempt.claimed
        inputs, work, kept = (directory / name for name in ("inputs", "work", "kept"))
        for place in (inputs, work, kept):
            place.mkdir()
        try:
            self._take_room(claimed, 0)
        except OverCap as over:
            return no_room(over)
        with phases.phase("fetch"):
            model, weather = fetch_inputs(self.storage, claimed, inputs, work, attempt.stop)
        series = False
        try:
            asked = preparation(claimed.spec, values, ddy_file(claimed))
            executed = self._execute(attempt, asked, model, weather, work, kept, phases)
        except PreparationError as error:
            return Finished(verdict=None, metrics=None, failure=Failure(error.code, str(error)))
        except ResultError as error:
            # Like a crash, the model's fault only if the self-test passes: trying again would read the same.
            if (fault := self.self_test()) is not None:
                raise InfrastructureError("worker_unfit", f"{error} on an unfit worker: {fault}") from error
            unreadable = Failure("results_unreadable", f"EnergyPlus succeeded, but {error}")
            finished = Finished(verdict=None, metrics=None, failure=unreadable)
        else:
            if executed.execution.stopped is not None:
                raise Stopped(executed.execution.stopped)
            finished, series = self._conclude(claimed, executed), executed.prepared.keeps_series
        attempt.report(Progress(99, "Storing the results"))
        with phases.phase("store"):
            too_large = keep_outputs(work, kept, series=series, clean=self.ends.public.clean)
            finished = with_notes(finished, too_large)
            try:
                self._take_room(claimed, stored_size(kept))
            except OverCap as over:
                return without_files(finished, over)
            return replace(finished, files=store_outputs(self.storage, claimed, kept, attempt.stop))

    def _take_room(self, claimed: Claimed, size: int) -> None:
        self.room.take(
            claimed.owner,
            size,
            lambda: self.retry.transact(self.database, lambda connection: stored_bytes(connection, claimed.owner)),
        )

    def _execute(
        self,
        attempt: ActiveAttempt,
        asked: Preparation,
        model: Path,
        weather: Path,
        work: Path,
        kept: Path,
        phases: Phases,
    ) -> Executed:
        return execute(
            self.launcher,
            self.engine,
            model,
            weather,
            work,
            kept,
            asked,
            Limits(
                soft_seconds=attempt.claimed.soft_limit_seconds,
                hard_seconds=attempt.claimed.hard_limit_seconds,
                memory_bytes=self.settings.memory_limit_bytes,
                file_bytes=self.settings.file_limit_bytes,
                scratch_bytes=self.settings.scratch_limit_bytes,
                sandbox=self.sandbox,
                helper=HelperLimits(self.settings.memory_limit_bytes, self.settings.helper_seconds),
            ),
            stop=attempt.stop,
            on_progress=attempt.report,
            observer=_Trace(phases),
        )

    def _conclude(self, claimed: Claimed, executed: Executed) -> Finished:
        execution = executed.execution
        if execution.killed_from_outside:
            raise InfrastructureError("engine_killed", f"EnergyPlus was killed from outside ({execution.exit})")
        # A broken installation can crash too. A crash counts as the model's fault only if the self-test passes.
        if execution.verdict is Verdict.CRASHED and (fault := self.self_test(anew=execution.silent)) is not None:
            raise InfrastructureError(
                "worker_unfit", f"EnergyPlus crashed ({execution.exit}) on an unfit worker: {fault}"
            )
        if executed.results is None:
            return failed(execution, executed.said.messages, claimed.hard_limit_seconds)
        model = MeasuredModel(claimed.model.sha256, asdict(executed.prepared.features))
        return replace(succeeded(execution, executed.results, executed.said.messages), model=model)
