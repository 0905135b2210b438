"""Verbs for many runs of one simulation: bounded in what they read, and safe to be killed between two transactions."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from sqlalchemy import text, update

from scheduler_service.cancellations import Cancellations
from shared.db.tables import Run, Simulation
from shared.state import cancel, chunks, copied_runs
from shared.state.backlog import wrong_counters
from shared.state.cancel import cancel_run, cancel_simulation, unfinished, withdraw_others
from shared.state.finish import stop
from shared.state.hold import hold_simulation, release_simulation
from shared.state.ledger import discrepancies
from shared.state.purge import PurgePlace, purge_step
from shared.state.retry import Retried, retry_failed
from tests.backlogs import insert_backlog
from tests.integration.dispatching import chosen
from tests.rows import ENGINE, Rows
from tests.support.traced import peak_bytes

pytestmark = pytest.mark.integration

#: Runs of a chunk in these tests, so that a few runs are several chunks.
CHUNK = 4


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (chunks, cancel, copied_runs):
        monkeypatch.setattr(module, "CHUNK", CHUNK)
    monkeypatch.setattr("shared.state.purge.CHUNK", CHUNK)


@pytest.fixture
def consistent(rows: Rows) -> Iterator[Callable[[], None]]:
    def check() -> None:
        with rows.database.transaction() as connection:
            assert (discrepancies(connection), wrong_counters(connection)) == ({}, {})

    yield check
    check()


def statuses(rows: Rows, simulation: UUID) -> list[str]:
    return [rows.run(run).status for run in rows.runs(simulation)]


def begin_cancel(rows: Rows, simulation: UUID) -> None:
    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulation)


def fail(rows: Rows, simulation: UUID, runs: int) -> None:
    """Makes all runs failed ones, as if each had had an attempt."""
    now = text("now()")
    with rows.database.transaction() as connection:
        failed = update(Run).values(status="failed", ended_at=now, error_code="x", attempt=1, charged=1)
        connection.execute(failed.where(Run.simulation_id == simulation))
        ended = {"failed": runs, "cancelled": 0, "status": "failed", "ended_at": now, "cancel_requested_at": None}
        connection.execute(update(Simulation).values(ended).where(Simulation.id == simulation))


def retry(rows: Rows, simulation: UUID) -> None:
    with rows.database.transaction() as connection:
        assert retry_failed(connection, simulation) is Retried.ACCEPTED


@pytest.mark.usefixtures("small_chunks")
def test_a_cancellation_that_was_killed_halfway_starts_nothing_and_is_finished_by_the_scheduler(
    rows: Rows, consistent: Callable[[], None]
) -> None:
    simulation = rows.submit(3 * CHUNK)
    runs = rows.runs(simulation)
    alive = rows.start(runs[-1])

    begin_cancel(rows, simulation)
    consistent()

    # What a killed process leaves behind: the first chunk is cancelled, the others are queued and do not start.
    assert statuses(rows, simulation) == ["cancelled"] * CHUNK + ["queued"] * (2 * CHUNK - 1) + ["running"]
    assert rows.run(runs[-1]).cancel_requested_at is not None
    assert rows.claim(runs[CHUNK]) is None
    assert rows.simulation(simulation).ended_at is None

    Cancellations(rows.database).run()

    assert statuses(rows, simulation) == ["cancelled"] * (3 * CHUNK - 1) + ["running"]
    with rows.database.transaction() as connection:
        assert unfinished(connection) == []
        assert stop(connection, alive)
    assert rows.simulation(simulation).ended_at is not None
    assert rows.events(simulation, "run.cancelled") == 3 * CHUNK
    assert rows.events(simulation, "simulation.cancelled") == 1


@pytest.mark.usefixtures("small_chunks", "consistent")
def test_a_run_that_started_while_a_cancellation_began_is_flagged_by_its_next_step(rows: Rows) -> None:
    simulation = rows.submit(2 * CHUNK)
    last = rows.runs(simulation)[-1]
    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulation)
        # A claim that has read the simulation before this transaction ends, and commits after it.
        connection.execute(update(Simulation).values(cancel_requested_at=None, status="running"))
    rows.start(last)
    with rows.database.transaction() as connection:
        connection.execute(update(Simulation).values(cancel_requested_at=text("now()"), status="cancelled"))

    withdraw_others(rows.database, simulation)

    assert statuses(rows, simulation) == ["cancelled"] * (2 * CHUNK - 1) + ["running"]
    assert rows.run(last).cancel_requested_at is not None


@pytest.mark.usefixtures("small_chunks", "consistent")
def test_cancelling_again_does_no_harm_and_a_retried_simulation_is_left_alone(rows: Rows) -> None:
    simulation = rows.submit(2 * CHUNK)
    for _ in range(2):
        begin_cancel(rows, simulation)
        withdraw_others(rows.database, simulation)
    other = rows.submit(2 * CHUNK)

    withdraw_others(rows.database, other, first=0)

    assert rows.events(simulation, "run.cancelled") == 2 * CHUNK
    assert statuses(rows, other) == ["queued"] * 2 * CHUNK


@pytest.mark.usefixtures("small_chunks", "consistent")
def test_a_retry_reopens_the_failed_runs_of_all_chunks(rows: Rows) -> None:
    simulation = rows.submit(2 * CHUNK + 1)
    fail(rows, simulation, 2 * CHUNK + 1)
    retry(rows, simulation)

    assert statuses(rows, simulation) == ["queued"] * (2 * CHUNK + 1)
    assert rows.events(simulation, "run.reopened") == 2 * CHUNK + 1


@pytest.mark.usefixtures("small_chunks", "consistent")
def test_a_purge_goes_through_large_and_small_simulations_step_by_step(rows: Rows) -> None:
    made = [rows.submit(runs) for runs in (1, 3 * CHUNK, 1, CHUNK + 1)]
    cancelled, steps, place = 0, 0, None
    while True:
        with rows.database.transaction() as connection:
            step = purge_step(connection, ENGINE, place)
        if step.place is None:
            break
        assert step.cancelled <= 2 * CHUNK
        cancelled, steps, place = cancelled + step.cancelled, steps + 1, step.place

    assert cancelled == 4 * CHUNK + 3
    assert steps >= 4
    assert all(rows.simulation(simulation).ended_at is not None for simulation in made)


def test_no_trigger_of_an_update_compares_each_of_its_rows_with_each(rows: Rows) -> None:
    with rows.database.transaction() as connection:
        sources = connection.scalars(text("SELECT prosrc FROM pg_proc WHERE prorettype = 'trigger'::regtype")).all()

    # The two have no index, and the plan is that of a session's first update, of one row maybe.
    assert not [source for source in sources if "JOIN left_behind" in source or "JOIN entered" in source]


@pytest.mark.usefixtures("small_chunks", "consistent")
def test_a_hold_reaches_every_chunk(rows: Rows) -> None:
    simulation = rows.submit(2 * CHUNK + 1)
    for verb, reason in ((hold_simulation, "user"), (release_simulation, None)):
        with rows.database.transaction() as connection:
            verb(connection, simulation)
        assert {rows.run(run).held_reason for run in rows.runs(simulation)} == {reason}


@pytest.mark.usefixtures("consistent")
def test_memory_for_cancelling_and_retrying_does_not_grow_with_the_runs(rows: Rows) -> None:
    rows.new_simulation()

    def peak(runs: int) -> int:
        with rows.database.transaction() as connection:
            insert_backlog(connection, simulations=1, runs=runs)
            found = text("SELECT id FROM simulations WHERE total = :runs AND name = 'backlog'")
            simulation: UUID = connection.execute(found, {"runs": runs}).scalar_one()

        def cancel_and_retry() -> None:
            begin_cancel(rows, simulation)
            withdraw_others(rows.database, simulation)
            fail(rows, simulation, runs)
            retry(rows, simulation)

        return peak_bytes(cancel_and_retry)

    peak(10)

    assert peak(5_000) < 2 * peak(50)


@pytest.mark.usefixtures("consistent")
def test_memory_for_a_submission_does_not_grow_with_the_runs(rows: Rows) -> None:
    def peak(runs: int) -> int:
        new = rows.new_simulation(runs)
        return peak_bytes(lambda: rows.submit_new(new))

    peak(10)

    assert peak(5 * chunks.CHUNK) < 1.2 * peak(2 * chunks.CHUNK)


@pytest.mark.usefixtures("small_chunks", "consistent")
def test_a_simulation_that_is_being_cancelled_takes_no_place_in_the_window(rows: Rows) -> None:
    cancelled, other = rows.submit(3 * CHUNK), rows.submit(1)
    begin_cancel(rows, cancelled)

    assert chosen(rows, 10) == rows.runs(other)

    withdraw_others(rows.database, cancelled)


@pytest.mark.usefixtures("small_chunks")
def test_a_cancellation_looks_at_no_more_runs_once_all_have_ended(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = rows.submit(3 * CHUNK)
    with rows.database.transaction() as connection:
        for run in rows.runs(simulation)[1:]:
            cancel_run(connection, run)
    begin_cancel(rows, simulation)
    looked: list[int] = []
    monkeypatch.setattr(cancel, "_withdraw", lambda *_: looked.append(1))

    withdraw_others(rows.database, simulation)

    assert looked == []


@pytest.mark.usefixtures("small_chunks")
def test_a_purge_goes_on_behind_a_simulation_that_was_deleted_meanwhile(rows: Rows) -> None:
    gone = PurgePlace(UUID(int=2**128 - 1), CHUNK)

    with rows.database.transaction() as connection:
        step = purge_step(connection, ENGINE, gone)

    assert step.place == PurgePlace(gone.simulation_id, 0)
