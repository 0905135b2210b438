"""Jobs of the scheduler: reaper, canary, consistency checks. Tests set times in the database instead of waiting."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from scheduler_service.canary import CanaryJob
from scheduler_service.only_one import only_one
from scheduler_service.reaper import HealthyFor, Reaper
from scheduler_service.reconciler import Reconciler
from shared import metrics
from shared.db.tables import Canary
from shared.messages import DispatchMessage
from shared.state.policy import RetryPolicy
from tests.integration.scheduling import execute
from tests.rows import LEASE, Rows

POLICY = RetryPolicy(timedelta(0))


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_leases_are_reaped_only_after_a_whole_lease_of_health(rows: Rows) -> None:
    rows.worker()
    (run,) = rows.runs(rows.submit())
    rows.start(run)
    rows.expire(run)
    clock = Clock()
    reaper = Reaper(rows.database, POLICY, LEASE, HealthyFor(clock))

    assert reaper.run() == 0
    clock.now += LEASE.total_seconds() - 1
    assert reaper.run() == 0
    clock.now += 1
    assert reaper.run() == 1
    assert (rows.run(run).status, rows.run(run).charged) == ("queued", 1)


def test_a_failure_starts_the_time_of_health_anew() -> None:
    clock = Clock()
    healthy = HealthyFor(clock)
    healthy.succeeded()
    clock.now += 10
    assert healthy.succeeded() == 10
    healthy.failed()
    clock.now += 10
    assert healthy.succeeded() == 0


def test_a_run_that_keeps_losing_its_worker_fails_with_a_reason(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit(max_attempts=2))
    for _ in range(2):
        rows.start(run)
        rows.expire(run)
        clock = Clock()
        reaper = Reaper(rows.database, POLICY, LEASE, HealthyFor(clock))
        reaper.run()
        clock.now += 1000
        assert reaper.run() == 1

    assert (rows.run(run).status, rows.run(run).error_code) == ("failed", "worker_lost")
    assert "the last one). It may be the run that ends its workers" in rows.run(run).error_message
    assert "2 of 2" in rows.run(run).error_message


def test_a_job_that_another_scheduler_has_is_left_to_it(rows: Rows) -> None:
    with only_one(rows.database, "job") as first:
        assert first is not None
        with only_one(rows.database, "job") as second:
            assert second is None
    with only_one(rows.database, "job") as third:
        assert third is not None


class RecordedMessages:
    """A publisher that only counts messages."""

    def __init__(self) -> None:
        self.canaries: list[UUID] = []

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        raise AssertionError

    def publish_canary(self, canary_id: UUID) -> None:
        self.canaries.append(canary_id)

    def waiting(self, engine: str) -> int:
        return 0


def test_one_canary_per_period_from_any_scheduler_and_its_latency(rows: Rows) -> None:
    sent = RecordedMessages()
    jobs = [CanaryJob(rows.database, sent, timedelta(seconds=60)) for _ in range(2)]

    for job in jobs:
        job.run()

    assert len(sent.canaries) == 1
    execute(rows, "UPDATE canaries SET received_at = sent_at + interval '0.5 seconds'")
    jobs[0].measure()
    assert metrics.canary_latency_seconds._value.get() == pytest.approx(0.5)
    execute(rows, "UPDATE canaries SET received_at = NULL, sent_at = now() - interval '1 hour'")
    jobs[1].measure()
    assert metrics.canary_unanswered._value.get() == 1
    with rows.database.transaction() as connection:
        assert len(connection.scalars(select(Canary.id)).all()) == 1


def test_a_lost_message_is_found_and_a_wrong_counter_is_reported(rows: Rows) -> None:
    simulation = rows.submit()
    execute(rows, "UPDATE runs SET published_at = now() - interval '1 hour'")
    reconciler = Reconciler(rows.database, RecordedMessages(), LEASE)

    assert reconciler.release_lost_messages() == 1
    assert rows.run(rows.runs(simulation)[0]).published_at is None
    assert reconciler.check_ledger() == 0
    execute(rows, "UPDATE simulations SET total = 2")
    assert reconciler.check_ledger() == 1
    execute(rows, "UPDATE simulations SET total = 1")


def test_workers_silent_for_a_day_are_deleted(rows: Rows) -> None:
    rows.worker("old")
    execute(rows, "UPDATE workers SET beat_at = now() - interval '2 days'")
    rows.worker("new")

    assert Reconciler(rows.database, RecordedMessages(), LEASE).forget_dead_workers() == 1
