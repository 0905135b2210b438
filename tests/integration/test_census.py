"""The metrics of the census: backlog, window, fleet, ledger."""

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import text

from scheduler_service.census import Census
from scheduler_service.reconciler import Reconciler
from shared import metrics
from shared.state.hold import hold_simulation
from tests.backlogs import counted, insert_backlog
from tests.rows import ENGINE, LEASE, Rows


@pytest.fixture
def served() -> CollectorRegistry:
    return metrics.registry("scheduler")


@pytest.fixture
def census(rows: Rows) -> Census:
    return Census(rows.database, [ENGINE, "23.2.0"], lease=LEASE, window_minimum=4)


def sample(served: CollectorRegistry, name: str, **labels: str) -> float | None:
    return served.get_sample_value(name, labels)


def change(rows: Rows, statement: str, **parameters: object) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text(statement), parameters)


def test_queued_runs_are_counted_by_reason(rows: Rows, census: Census, served: CollectorRegistry) -> None:
    first, second, third = rows.runs(rows.submit(3))
    change(
        rows,
        "UPDATE runs SET not_before = now() + interval '1 h', held_reason = 'backoff' WHERE id = :id",
        id=first,
    )
    change(
        rows,
        "UPDATE runs SET queued_at = now() - interval '90 s', not_before = now() - interval '90 s',"
        " published_at = now() WHERE id = :id",
        id=second,
    )
    rows.start(third)

    census.run()

    assert sample(served, "epsm_runs_waiting", engine=ENGINE, reason="ready") == 1
    assert sample(served, "epsm_runs_waiting", engine=ENGINE, reason="backoff") == 1
    assert sample(served, "epsm_runs_running", engine=ENGINE) == 1
    assert sample(served, "epsm_runs_overdue", engine=ENGINE) == 0
    assert sample(served, "epsm_window_messages", engine=ENGINE) == 1
    oldest = sample(served, "epsm_oldest_waiting_seconds", engine=ENGINE)
    assert oldest is not None
    assert 90 <= oldest < 3600
    assert sample(served, "epsm_runs_waiting", engine="23.2.0", reason="ready") == 0

    change(rows, "UPDATE runs SET deadline_at = now() - interval '1 s' WHERE status = 'running'")
    change(rows, "DELETE FROM runs WHERE id = :id", id=second)
    change(rows, "UPDATE simulations SET total = 2")
    census.run()

    assert sample(served, "epsm_runs_overdue", engine=ENGINE) == 1
    assert sample(served, "epsm_runs_waiting", engine=ENGINE, reason="ready") == 0
    assert sample(served, "epsm_oldest_waiting_seconds", engine=ENGINE) == 0


def test_paused_runs_are_not_counted_as_ready(rows: Rows, census: Census, served: CollectorRegistry) -> None:
    first, _ = rows.runs(rows.submit(2))
    change(
        rows, "UPDATE runs SET not_before = now() + interval '1 h', held_reason = 'backoff' WHERE id = :id", id=first
    )

    rows.pause()
    census.run()

    waiting = {r: sample(served, "epsm_runs_waiting", engine=ENGINE, reason=r) for r in ("ready", "paused", "backoff")}
    assert waiting == {"ready": 0, "paused": 1, "backoff": 1}
    rows.resume()
    census.run()
    assert sample(served, "epsm_runs_waiting", engine=ENGINE, reason="paused") == 0
    assert sample(served, "epsm_runs_waiting", engine=ENGINE, reason="ready") == 1


def test_the_fleet_is_counted_by_state_and_silent_workers_have_no_slots(
    rows: Rows, census: Census, served: CollectorRegistry
) -> None:
    rows.worker("a", concurrency=3)
    rows.worker("b", concurrency=5)
    rows.worker("c", concurrency=7)
    rows.worker("d", concurrency=11)
    rows.worker("e", concurrency=13)
    rows.worker("f", concurrency=17)
    change(rows, "UPDATE workers SET beat_at = now() - :long WHERE id = 'b'", long=3 * LEASE)
    change(rows, "UPDATE workers SET status = 'stopped' WHERE id = 'c'")
    change(rows, "UPDATE workers SET status = 'unfit', reason = 'no engine' WHERE id = 'd'")
    change(rows, "UPDATE workers SET status = 'drained', drain_requested_at = now() WHERE id = 'e'")
    # The worker has not received the drain request yet; the API also shows it as draining.
    change(rows, "UPDATE workers SET drain_requested_at = now() WHERE id = 'f'")

    census.run()

    states = {
        state: sample(served, "epsm_fleet_workers", engine=ENGINE, state=state)
        for state in ("ready", "unfit", "draining", "drained", "lost")
    }
    assert states == {"ready": 1, "unfit": 1, "draining": 1, "drained": 1, "lost": 1}
    assert sample(served, "epsm_fleet_slots", engine=ENGINE) == 3
    assert sample(served, "epsm_window_size", engine=ENGINE) == 6
    assert sample(served, "epsm_window_size", engine="23.2.0") == 4


def test_the_ledger_is_exported_and_a_discrepancy_shows(rows: Rows, served: CollectorRegistry) -> None:
    class UnusedPublisher:
        def waiting(self, engine: str) -> int:
            return 0

    reconciler = Reconciler(rows.database, UnusedPublisher(), LEASE)  # type: ignore[arg-type]  # sends nothing here
    first, _ = rows.runs(rows.submit(2))
    rows.finish(rows.start(first))

    assert reconciler.check_ledger() == 0
    assert sample(served, "epsm_ledger_submitted") == 2
    assert {s: sample(served, "epsm_ledger_runs", status=s) for s in ("queued", "running", "succeeded")} == {
        "queued": 1, "running": 0, "succeeded": 1
    }  # fmt: skip
    change(rows, "UPDATE simulations SET failed = 1, succeeded = 0")
    assert reconciler.check_ledger() == 1
    assert sample(served, "epsm_ledger_discrepancies") == 1
    change(rows, "UPDATE simulations SET failed = 0, succeeded = 1")


def test_the_pauses_are_read_once_and_not_for_every_run(rows: Rows, census: Census) -> None:
    rows.new_simulation()
    with rows.database.transaction() as connection:
        insert_backlog(connection, simulations=1, runs=2000)

    with counted(rows.database) as pages:
        census.run()

    assert pages.total < 1000


def test_runs_that_a_user_holds_are_counted_as_such(rows: Rows, census: Census, served: CollectorRegistry) -> None:
    simulation = rows.submit(2)
    with rows.database.transaction() as connection:
        hold_simulation(connection, simulation)

    census.run()

    assert sample(served, "epsm_runs_waiting", engine=ENGINE, reason="user") == 2
    assert sample(served, "epsm_runs_waiting", engine=ENGINE, reason="ready") == 0
