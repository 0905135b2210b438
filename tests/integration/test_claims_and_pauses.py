"""Claims and pauses: only one worker claims a run, and none while its engine is paused."""

import pytest
from sqlalchemy import text

from shared.state.fleet import READY, beat_worker, drain_worker, resume_worker, slots
from tests.integration.concurrency import together
from tests.rows import ENGINE, LEASE, Rows


def test_a_run_is_claimed_by_one_worker_however_many_try(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())

    claims = together(*[lambda: rows.claim(run) for _ in range(6)])

    assert sum(claim is not None for claim in claims) == 1
    assert rows.run(run).attempt == 1
    assert rows.simulation(rows.run(run).simulation_id).status == "running"


@pytest.mark.parametrize("engine", [None, ENGINE])
def test_nothing_is_claimed_during_a_pause_and_what_runs_goes_on(rows: Rows, engine: str | None) -> None:
    simulation = rows.submit(2)
    first, second = rows.runs(simulation)
    key = rows.start(first)

    rows.pause(engine)

    assert rows.claim(second) is None
    assert (rows.run(second).status, rows.run(second).attempt) == ("queued", 0)
    assert rows.finish(key)
    rows.resume(engine)
    assert rows.finish(rows.start(second))
    assert rows.simulation(simulation).status == "succeeded"


def test_a_simulation_does_not_begin_during_a_pause(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())
    rows.pause()

    assert rows.claim(run) is None

    assert rows.simulation(rows.run(run).simulation_id).status == "queued"


def test_a_pause_of_one_engine_lets_the_others_work(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())

    rows.pause("23.2.0")

    assert rows.claim(run) is not None


def test_every_pause_ends_when_no_engine_is_named(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())
    rows.pause()
    rows.pause(ENGINE)
    rows.resume(ENGINE)
    assert rows.claim(run) is None

    rows.pause(ENGINE)
    rows.resume()

    assert rows.claim(run) is not None


def test_a_beat_returns_a_drain_request_and_its_end(rows: Rows) -> None:
    rows.worker()
    asked = []
    with rows.database.transaction() as connection:
        asked.append(beat_worker(connection, "worker", READY))
        assert slots(connection, lease=LEASE) == {ENGINE: 2}
        drain_worker(connection, "worker", lease=LEASE)
        assert slots(connection, lease=LEASE) == {}
        asked.append(beat_worker(connection, "worker", READY))
        resume_worker(connection, "worker", lease=LEASE)
        asked.append(beat_worker(connection, "worker", READY))

    assert asked == [False, True, False]


def test_a_run_that_may_not_start_yet_is_not_claimed(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET not_before = now() + interval '1 hour'"))

    assert rows.claim(run) is None
    assert rows.run(run).status == "queued"
    assert rows.simulation(rows.run(run).simulation_id).started_at is None
