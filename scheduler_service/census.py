"""The census: counts backlog, window, running runs and fleet in Postgres, for Prometheus."""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import Connection, case, func, select, union_all

from shared import metrics
from shared.db.database import Database
from shared.db.tables import Run, Worker
from shared.enums import HeldReason, Status, WorkerStatus
from shared.state.fleet import LOST, slots, worker_state
from shared.state.pause import pauses
from shared.state.publication import is_published, is_waiting
from shared.window.fill import window_size

STATES = (*(status.value for status in WorkerStatus if status is not WorkerStatus.STOPPED), LOST)


class Census:
    """Counts and sets the gauges; an engine without runs and workers gets 0."""

    def __init__(self, database: Database, engines: Iterable[str], *, lease: timedelta, window_minimum: int) -> None:
        self._database = database
        self._engines = frozenset(engines)
        self._lease = lease
        self._minimum = window_minimum

    def run(self) -> None:
        """Counts once. Raises DatabaseAway."""
        with self._database.transaction() as connection:
            queued = self._queued(connection)
            running = _running(connection)
            fleet = slots(connection, lease=self._lease)
            workers = self._workers(connection)
        # Engines that are not configured any more may still have runs, and these need attention.
        engines = self._engines | {engine for engine, *_ in queued} | set(running) | set(fleet)
        metrics.expect_engines(engines)
        for engine, reason, runs, published, oldest in queued:
            metrics.runs_waiting.labels(engine, reason).set(runs)
            if reason == metrics.READY:
                metrics.window_messages.labels(engine).set(published)
                metrics.oldest_waiting_seconds.labels(engine).set(oldest)
        for engine, (runs, overdue) in running.items():
            metrics.runs_running.labels(engine).set(runs)
            metrics.runs_overdue.labels(engine).set(overdue)
        for engine in engines:
            metrics.fleet_slots.labels(engine).set(fleet.get(engine, 0))
            metrics.window_size.labels(engine).set(window_size(fleet.get(engine, 0), self._minimum))
            for state in STATES:
                metrics.fleet_workers.labels(engine, state).set(workers.get((engine, state), 0))

    @staticmethod
    def _queued(connection: Connection) -> list[tuple[str, str, int, int, float]]:
        reason = case(
            (Run.not_before > func.now(), func.coalesce(Run.held_reason, HeldReason.BACKOFF.value)),
            else_=metrics.READY,
        )
        # Postgres does not subtract the infinite time of a run that a user holds.
        ready_at = case(
            (func.isfinite(Run.not_before), func.greatest(Run.queued_at, Run.not_before)), else_=Run.queued_at
        )
        # Two queries, each of which reads exactly one whole index.
        parts = (is_waiting(), is_published())
        queued = union_all(
            *(
                select(Run.engine, reason.label("reason"), Run.published_at, ready_at.label("ready_at")).where(part)
                for part in parts
            )
        ).subquery()
        waited = func.extract("epoch", func.now() - func.min(queued.c.ready_at))
        rows = connection.execute(
            select(queued.c.engine, queued.c.reason, func.count(), func.count(queued.c.published_at), waited).group_by(
                queued.c.engine, queued.c.reason
            )
        )
        # Read once and not for every run, of which there may be a million.
        stopped = {pause.engine for pause in pauses(connection)}
        return [
            (engine, _or_paused(why, is_paused=bool(stopped & {engine, None})), runs, published, float(oldest))
            for engine, why, runs, published, oldest in rows
        ]

    def _workers(self, connection: Connection) -> dict[tuple[str, str], int]:
        state = worker_state(self._lease)
        rows = connection.execute(
            select(Worker.engine, state, func.count())
            .where(Worker.status != WorkerStatus.STOPPED.value)
            .group_by(Worker.engine, state)
        )
        return {(engine, state): workers for engine, state, workers in rows}


def _or_paused(reason: str, *, is_paused: bool) -> str:
    return metrics.PAUSED if is_paused and reason == metrics.READY else reason


def _running(connection: Connection) -> dict[str, tuple[int, int]]:
    rows = connection.execute(
        select(Run.engine, func.count(), func.count().filter(Run.deadline_at < func.now()))
        .where(Run.status == Status.RUNNING.value)
        .group_by(Run.engine)
    )
    return {engine: (runs, overdue) for engine, runs, overdue in rows}
