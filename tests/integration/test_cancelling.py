"""Cancelling and retrying: queued runs end, running ones are flagged, a retry opens a new round."""

from uuid import uuid4

import pytest

from shared.state.cancel import Cancelled, cancel_run, cancel_simulation
from shared.state.finish import fail_attempt, give_back, reap, stop
from shared.state.retry import Retried, retry_failed
from tests.integration.concurrency import together
from tests.integration.policies import LOST, POLICY
from tests.rows import FAILURE, SUCCESS, Rows


def test_cancelling_takes_back_what_is_queued_and_flags_what_runs(rows: Rows) -> None:
    simulation = rows.submit(3)
    runs = rows.runs(simulation)
    done = rows.start(runs[0])
    rows.finish(done)
    alive = rows.start(runs[1])

    with rows.database.transaction() as connection:
        assert cancel_simulation(connection, simulation) is Cancelled.ACCEPTED
    assert rows.simulation(simulation).status == "cancelled"
    assert rows.simulation(simulation).ended_at is None
    with rows.database.transaction() as connection:
        assert cancel_simulation(connection, simulation) is Cancelled.ACCEPTED
        assert stop(connection, alive)

    assert [rows.run(run).status for run in runs] == ["succeeded", "cancelled", "cancelled"]
    assert rows.simulation(simulation).ended_at is not None
    with rows.database.transaction() as connection:
        assert cancel_simulation(connection, simulation) is Cancelled.ALREADY_ENDED
        assert cancel_simulation(connection, uuid4()) is Cancelled.UNKNOWN


@pytest.mark.parametrize("ending", ["finish", "fail", "give_back", "reap"])
def test_a_flagged_run_ends_cancelled_whatever_ends_it(rows: Rows, ending: str) -> None:
    (run,) = rows.runs(rows.submit())
    key = rows.start(run)
    with rows.database.transaction() as connection:
        cancel_run(connection, run)
    rows.expire(run)

    with rows.database.transaction() as connection:
        if ending == "finish":
            connection.commit()
            assert rows.finish(key)
        elif ending == "fail":
            assert fail_attempt(connection, key, LOST, POLICY)
        elif ending == "give_back":
            assert give_back(connection, key, POLICY)
        else:
            assert reap(connection, key, POLICY)

    assert rows.run(run).status == "cancelled"


def test_cancel_and_finish_at_once_agree_in_the_end(rows: Rows) -> None:
    for _ in range(10):
        simulation = rows.submit(2)
        first, _queued = rows.runs(simulation)
        key = rows.start(first)

        def cancel(of: object = simulation) -> Cancelled:
            with rows.database.transaction() as connection:
                return cancel_simulation(connection, of)  # type: ignore[arg-type]

        together(cancel, lambda k=key: rows.finish(k, SUCCESS))  # type: ignore[misc]

        assert rows.simulation(simulation).status == "cancelled"
        assert rows.simulation(simulation).ended_at is not None
        assert rows.run(first).status in ("succeeded", "cancelled")


def test_a_retry_opens_a_new_round_for_failed_runs_only(rows: Rows) -> None:
    simulation = rows.submit(2)
    good, bad = rows.runs(simulation)
    with rows.database.transaction() as connection:
        assert retry_failed(connection, simulation) is Retried.NOT_ENDED
    rows.finish(rows.start(good))
    rows.finish(rows.start(bad), FAILURE)

    with rows.database.transaction() as connection:
        assert retry_failed(connection, simulation) is Retried.ACCEPTED

    assert [rows.run(run).status for run in (good, bad)] == ["succeeded", "queued"]
    assert (rows.simulation(simulation).round, rows.simulation(simulation).ended_at) == (2, None)
    assert rows.finish(rows.start(bad))
    assert rows.events(simulation, "simulation.succeeded") == 2
    with rows.database.transaction() as connection:
        assert retry_failed(connection, simulation) is Retried.NOTHING_FAILED
