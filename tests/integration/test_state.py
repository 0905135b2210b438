"""State transitions of a run on a real Postgres."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from shared.db.database import Database, DatabaseAway
from shared.enums import InputRole, Outcome, Priority
from shared.spec import StudySpec
from shared.state.beat import Beat, beat
from shared.state.cancel import cancel_run
from shared.state.finish import finish, give_back, reap, stop
from shared.state.policy import RetryPolicy
from shared.state.retry import Retried, retry_failed
from shared.state.submit import InputFile, NewSimulation, UnknownArtifacts, submit
from tests.integration.concurrency import together
from tests.integration.policies import POLICY, fail
from tests.rows import FAILURE, LEASE, SUCCESS, Rows


def test_the_last_two_runs_ending_together_end_the_simulation_once(rows: Rows) -> None:
    for _ in range(10):
        simulation = rows.submit(2)
        keys = [rows.start(run) for run in rows.runs(simulation)]

        ends = together(lambda k=keys[0]: rows.finish(k), lambda k=keys[1]: rows.finish(k))  # type: ignore[misc]
        assert ends == [Outcome.SUCCEEDED] * 2

        assert rows.simulation(simulation).status == "succeeded"
        assert rows.simulation(simulation).ended_at is not None
        assert rows.events(simulation, "simulation.succeeded") == 1


def test_a_simulation_fails_only_when_every_run_did(rows: Rows) -> None:
    mixed, hopeless = rows.submit(2), rows.submit(2)
    first, second = rows.runs(mixed)
    rows.finish(rows.start(first), FAILURE)
    rows.finish(rows.start(second))
    for run in rows.runs(hopeless):
        rows.finish(rows.start(run), FAILURE)

    assert rows.simulation(mixed).status == "succeeded"
    assert rows.simulation(hopeless).status == "failed"
    assert rows.run(first).error_code == "fatal"


def test_a_superseded_attempt_changes_nothing(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())
    old = rows.start(run)
    rows.expire(run)
    with rows.database.transaction() as connection:
        assert reap(connection, old, RetryPolicy(timedelta(0)))
    new = rows.start(run)
    before = rows.run(run)

    assert not rows.finish(old)
    assert not fail(rows, old)
    with rows.database.transaction() as connection:
        assert not give_back(connection, old, POLICY)
        assert not stop(connection, old)
        assert not reap(connection, old, POLICY)
        answers = beat(connection, [Beat(run, old.attempt, 50, "zombie")], lease=LEASE)
    assert answers.held == frozenset()

    assert rows.run(run) == before
    assert rows.finish(new)
    assert not rows.finish(new)


def test_infrastructure_errors_are_tried_again_after_a_wait_until_attempts_are_used_up(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit(max_attempts=2))
    assert fail(rows, rows.start(run))
    waiting = rows.run(run)
    assert (waiting.status, waiting.held_reason, waiting.charged) == ("queued", "backoff", 1)
    assert rows.claim(run) is None
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET not_before = now()"))

    assert fail(rows, rows.start(run))

    failed = rows.run(run)
    assert (failed.status, failed.attempt, failed.error_code) == ("failed", 2, "storage_unavailable")
    assert "2 of 2" in failed.error_message
    assert rows.simulation(failed.simulation_id).status == "failed"


def test_a_run_that_is_given_back_is_not_charged(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit(max_attempts=1))
    for _ in range(3):
        key = rows.start(run)
        with rows.database.transaction() as connection:
            assert give_back(connection, key, POLICY)

    assert (rows.run(run).status, rows.run(run).attempt, rows.run(run).charged) == ("queued", 3, 0)
    assert rows.finish(rows.start(run))


def test_a_run_that_outlasts_every_worker_ends_eventually_with_the_reason(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit(max_attempts=2))
    bounded = RetryPolicy(timedelta(0), max_give_backs=2)
    charged = []
    for _ in range(4):
        key = rows.start(run)
        with rows.database.transaction() as connection:
            assert give_back(connection, key, bounded)
        charged.append(rows.run(run).charged)

    assert charged == [0, 0, 1, 2]
    failed = rows.run(run)
    assert (failed.status, failed.error_code) == ("failed", "worker_left")
    assert "stopped 4 times" in failed.error_message
    # A new round starts counting again.
    with rows.database.transaction() as connection:
        assert retry_failed(connection, failed.simulation_id) is Retried.ACCEPTED
    key = rows.start(run)
    with rows.database.transaction() as connection:
        assert give_back(connection, key, bounded)
    assert (rows.run(run).status, rows.run(run).charged) == ("queued", 0)


def test_a_lease_that_has_not_expired_is_not_reaped(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())
    key = rows.start(run)

    with rows.database.transaction() as connection:
        assert not reap(connection, key, POLICY)

    assert rows.run(run).status == "running"


def test_a_beat_renews_the_lease_brings_progress_and_brings_back_a_cancellation(rows: Rows) -> None:
    first, second = rows.runs(rows.submit(2))
    keys = [rows.start(first), rows.start(second)]
    rows.expire(first)
    with rows.database.transaction() as connection:
        cancel_run(connection, second)

    with rows.database.transaction() as connection:
        answers = beat(connection, [Beat(k.run_id, k.attempt, 40, "May") for k in keys], lease=LEASE)

    assert answers.held == {first, second}
    assert answers.cancelled == {second}
    assert (rows.run(first).progress, rows.run(first).message) == (40, "May")
    with rows.database.transaction() as connection:
        assert not reap(connection, keys[0], POLICY)


def test_a_beat_after_the_deadline_no_longer_holds_the_run(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())
    key = rows.start(run)
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET deadline_at = now() - interval '1 second'"))
        assert beat(connection, [Beat(run, key.attempt, 1, "")], lease=LEASE).held == frozenset()


def test_a_submission_of_inputs_that_are_not_stored_is_refused_whole(rows: Rows, database: Database) -> None:
    new = NewSimulation(
        owner="local",
        name="x",
        description="",
        priority=Priority.NORMAL,
        spec=StudySpec(),
        correlation_id="x",
        soft_limit_seconds=1,
        hard_limit_seconds=1,
        max_attempts=1,
        inputs=[InputFile(InputRole.MODEL, "a.idf", "c" * 64)],
        total=0,
        runs=[],
    )
    with pytest.raises(UnknownArtifacts, match="c" * 64), database.transaction() as connection:
        submit(connection, new)


def test_a_process_that_freezes_in_a_transaction_does_not_keep_the_run_from_the_reaper(
    rows: Rows, database_url: str
) -> None:
    key = rows.start(rows.runs(rows.submit())[0])
    rows.expire(key.run_id)
    frozen = Database(database_url, name="frozen", idle_seconds=0.2)

    def freeze() -> None:
        with frozen.transaction() as connection:
            assert finish(connection, key, SUCCESS)
            # Waits until Postgres has ended the idle transaction.
            with rows.database.transaction() as other:
                assert reap(other, key, POLICY)

    with pytest.raises(DatabaseAway):
        freeze()

    frozen.close()
    assert (rows.run(key.run_id).status, rows.run(key.run_id).charged) == ("queued", 1)
