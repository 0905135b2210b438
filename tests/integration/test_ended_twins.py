"""Runs whose twin ended without a result: one of them goes, and the others wait for it, but for none in vain."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text

from shared.enums import Outcome
from shared.state.cancel import cancel_simulation
from shared.state.finish import give_back, reap, stop
from shared.state.finished import AttemptKey
from shared.state.hold import hold_simulation
from shared.window.twins import PATIENCE
from tests.integration.policies import POLICY
from tests.integration.reusing import PLAIN, Reusing, the_books_agree
from tests.rows import Rows

pytestmark = pytest.mark.integration


def cancelled(rows: Rows, key: AttemptKey) -> None:
    Reusing(rows).cancel(key.run_id)
    with rows.database.transaction() as connection:
        stop(connection, key)


def reaped(rows: Rows, key: AttemptKey) -> None:
    rows.expire(key.run_id)
    with rows.database.transaction() as connection:
        reap(connection, key, POLICY)


def drained(rows: Rows, key: AttemptKey) -> None:
    with rows.database.transaction() as connection:
        give_back(connection, key, POLICY)


def deleted(rows: Rows, key: AttemptKey) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text("DELETE FROM simulations WHERE id = :id"), {"id": key.simulation_id})


@pytest.mark.parametrize("end", [cancelled, reaped, deleted])
def test_one_run_goes_itself_and_the_others_wait_for_it_when_a_twin_ends_without_a_result(
    rows: Rows, reusing: Reusing, end: Callable[[Rows, AttemptKey], None]
) -> None:
    (first,), *others = (reusing.submit() for _ in range(4))
    key = reusing.start(first)
    waiting = [run for (run,) in others]
    assert [reusing.settled(run) for run in waiting] == [Outcome.TWIN] * 3

    end(rows, key)
    reusing.dispatch()

    # Nothing says that this one will fail.
    (heir,) = (run for run in waiting if rows.run(run).held_reason is None)
    waiting.remove(heir)
    started = reusing.start(heir)
    reusing.dispatch()
    assert [(rows.run(run).held_reason, rows.run(run).twin_id) for run in waiting] == [("twin", heir)] * 2
    the_books_agree(rows)
    rows.finish(started)
    reusing.dispatch()
    assert [reusing.settled(run) for run in waiting] == [Outcome.REUSED] * 2
    the_books_agree(rows)


def test_runs_wait_on_for_a_twin_that_a_drained_worker_gave_back(rows: Rows, reusing: Reusing) -> None:
    first, second, third = reusing.submit(3)
    drained(rows, reusing.start(first))
    key = reusing.start(first)
    assert reusing.settled(second) is Outcome.TWIN
    assert reusing.settled(third) is Outcome.TWIN

    drained(rows, key)
    reusing.dispatch()

    assert [rows.run(run).twin_id for run in (second, third)] == [first] * 2
    rows.finish(reusing.start(first))
    reusing.dispatch()
    assert [reusing.settled(run) for run in (second, third)] == [Outcome.REUSED] * 2


@pytest.mark.parametrize("then", ["held", "cancelled", "overtaken"])
def test_no_run_waits_for_ever_for_one_that_was_given_back(rows: Rows, reusing: Reusing, then: str) -> None:
    (first,), (second,) = reusing.submit(), reusing.submit()
    key = reusing.start(first)
    assert reusing.settled(second) is Outcome.TWIN
    drained(rows, key)

    with rows.database.transaction() as connection:
        if then == "held":
            hold_simulation(connection, key.simulation_id)
        elif then == "cancelled":
            cancel_simulation(connection, key.simulation_id)
        else:
            long_ago = text(
                "UPDATE runs SET queued_at = queued_at - :time, not_before = not_before - :time WHERE id = :id"
            )
            connection.execute(long_ago, {"id": first, "time": PATIENCE})
    reusing.dispatch()

    assert reusing.settled(second) is None


def test_runs_whose_twin_waits_itself_wait_for_the_same(rows: Rows, reusing: Reusing) -> None:
    first, heir, *others = sorted(reusing.submit(4))
    cancelled_one = reusing.start(first)
    for run in (heir, *others):
        assert reusing.settled(run) is Outcome.TWIN
    cancelled(rows, cancelled_one)
    reusing.dispatch()
    assert [rows.run(run).twin_id for run in others] == [heir] * 2
    (newer,) = reusing.submit()
    key = reusing.start(newer)

    assert reusing.settled(heir) is Outcome.TWIN
    reusing.dispatch()

    assert [rows.run(run).twin_id for run in (heir, *others)] == [newer] * 3
    rows.finish(key)
    reusing.dispatch()
    assert [reusing.settled(run) for run in (heir, *others)] == [Outcome.REUSED] * 3


def test_a_locked_simulation_lets_the_runs_of_others_go(
    rows: Rows, reusing: Reusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.window.twins.BATCH", 2)
    one, another = sorted(reusing.submit(2))
    kinds = {one: PLAIN, another: replace(PLAIN, physics="other")}
    keys = [reusing.start(run, kind) for run, kind in kinds.items()]
    waiting = {run: reusing.submit(2) for run in kinds}
    for run, kind in kinds.items():
        assert [reusing.settled(other, kind) for other in waiting[run]] == [Outcome.TWIN] * 2
    for key in keys:
        rows.finish(key)

    with rows.database.transaction() as connection:
        locked = text("SELECT FROM simulations WHERE id = :id FOR UPDATE")
        connection.execute(locked, {"id": rows.run(waiting[one][0]).simulation_id})
        reusing.dispatch()

    assert [rows.run(run).held_reason for run in waiting[one]] == ["twin"] * 2
    assert [rows.run(run).held_reason for run in waiting[another]] == [None] * 2
