"""A run whose twin is running waits for it, however that ends, and is then linked or executed."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import func, select

from scheduler_service.cancellations import Cancellations
from shared.db.tables import Run
from shared.enums import Outcome
from shared.state.cancel import cancel_simulation
from shared.state.finish import give_back
from shared.state.finished import AttemptKey
from shared.state.hold import hold_simulation, release_simulation
from shared.state.purge import purge_step
from shared.state.retry import retry_failed
from tests.integration.concurrency import together
from tests.integration.policies import POLICY
from tests.integration.reusing import Reusing, outcomes, the_books_agree
from tests.rows import ENGINE, FAILURE, Rows

pytestmark = pytest.mark.integration


def test_a_twin_waits_uncharged_and_is_linked_when_the_other_has_ended(rows: Rows, reusing: Reusing) -> None:
    first, second = reusing.submit(2)
    key = reusing.start(first)

    assert reusing.settled(second) is Outcome.TWIN

    waiting = rows.run(second)
    assert (waiting.status, waiting.held_reason, waiting.charged, waiting.twin_id) == ("queued", "twin", 0, first)
    assert rows.claim(second) is None
    the_books_agree(rows)
    reusing.dispatch()
    assert rows.run(second).held_reason == "twin"
    rows.finish(key)
    reusing.dispatch()
    assert rows.run(second).held_reason is None
    assert reusing.settled(second) is Outcome.REUSED
    assert outcomes(rows, second) == ["twin", "reused"]
    the_books_agree(rows)


def test_twins_of_a_run_that_failed_all_go_together(rows: Rows, reusing: Reusing) -> None:
    first, *others = reusing.submit(4)
    key = reusing.start(first)
    for run in others:
        assert reusing.settled(run) is Outcome.TWIN

    rows.finish(key, FAILURE)
    reusing.dispatch()

    assert [reusing.settled(run) for run in others] == [None, None, None]
    # One that is given back and started again still knows of the failure.
    with rows.database.transaction() as connection:
        give_back(connection, AttemptKey(rows.run(others[0]).simulation_id, others[0], 2), POLICY)
    assert reusing.settled(others[0]) is None
    # But it is linked, when another has succeeded.
    one, another = (AttemptKey(rows.run(run).simulation_id, run, rows.run(run).attempt) for run in others[:2])
    rows.finish(another)
    with rows.database.transaction() as connection:
        give_back(connection, one, POLICY)
    assert reusing.settled(others[0]) is Outcome.REUSED


def test_a_retry_forgets_the_failure_of_the_twin(rows: Rows, reusing: Reusing) -> None:
    (first,), (second,), (third,) = (reusing.submit() for _ in range(3))
    key = reusing.start(first)
    reusing.settled(second)
    rows.finish(key, FAILURE)
    reusing.dispatch()
    again = rows.start(second)
    assert reusing.settle(again) is None
    rows.finish(again, FAILURE)

    with rows.database.transaction() as connection:
        retry_failed(connection, again.simulation_id)

    reusing.start(third)
    assert rows.run(first).status == "failed"
    assert reusing.settled(second) is Outcome.TWIN


def test_a_waiting_run_can_be_cancelled_purged_held_and_released(rows: Rows, reusing: Reusing) -> None:
    (first,) = reusing.submit()
    reusing.start(first)
    one, two, three, four = (reusing.submit()[0] for _ in range(4))
    for run in (one, two, three, four):
        assert reusing.settled(run) is Outcome.TWIN
    simulations = [rows.run(run).simulation_id for run in (one, two, three, four)]

    reusing.cancel(one)
    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulations[1])
    with rows.database.transaction() as connection:
        hold_simulation(connection, simulations[2])
    assert rows.run(three).held_reason == "user"
    reusing.dispatch()
    with rows.database.transaction() as connection:
        release_simulation(connection, simulations[2])
    assert reusing.settled(three) is Outcome.TWIN
    with rows.database.transaction() as connection:
        purge_step(connection, ENGINE, None)

    assert [rows.run(run).status for run in (one, two, three, four)] == ["cancelled"] * 4
    assert rows.simulation(simulations[3]).status == "cancelled"
    Cancellations(rows.database).run()
    reusing.dispatch()
    the_books_agree(rows)


def test_a_run_of_a_held_simulation_that_would_wait_is_held_by_its_user(rows: Rows, reusing: Reusing) -> None:
    (first,), (second,) = reusing.submit(), reusing.submit()
    reusing.start(first)
    key = rows.start(second)
    with rows.database.transaction() as connection:
        hold_simulation(connection, key.simulation_id)

    assert reusing.settle(key) is Outcome.TWIN

    assert rows.run(second).held_reason == "user"
    the_books_agree(rows)


def test_no_run_waits_for_one_whose_lease_has_expired_or_that_is_being_cancelled(rows: Rows, reusing: Reusing) -> None:
    first, second, third = reusing.submit(3)
    reusing.start(first)
    rows.expire(first)
    assert reusing.settled(second) is None
    reusing.cancel(second)

    assert reusing.settled(third) is None


def test_of_twins_settled_together_one_is_executed_and_the_others_wait(rows: Rows, reusing: Reusing) -> None:
    keys = [rows.start(reusing.submit()[0]) for _ in range(4)]

    settled = together(*(partial(reusing.settle, key) for key in keys))

    assert sorted(settled, key=str) == [None, Outcome.TWIN, Outcome.TWIN, Outcome.TWIN]
    with rows.database.transaction() as connection:
        assert connection.scalar(select(func.count()).where(Run.status == "running")) == 1


def test_waits_end_while_simulations_are_held_and_cancelled(rows: Rows, reusing: Reusing) -> None:
    (first,) = reusing.submit()
    key = reusing.start(first)
    others = [reusing.submit(3) for _ in range(4)]
    for run in (run for runs in others for run in runs):
        reusing.settled(run)
    rows.finish(key)

    def hold(run: UUID) -> None:
        with rows.database.transaction() as connection:
            hold_simulation(connection, rows.run(run).simulation_id)

    with ThreadPoolExecutor(4) as pool:
        done = [
            *(pool.submit(reusing.dispatch) for _ in range(2)),
            pool.submit(hold, others[0][0]),
            pool.submit(reusing.cancel, others[1][0]),
        ]
        for future in done:
            future.result()
    reusing.dispatch()

    assert {rows.run(run).held_reason for run in others[0]} == {"user"}
    assert [rows.run(run).held_reason for run in (*others[2], *others[3])] == [None] * 6
    the_books_agree(rows)
