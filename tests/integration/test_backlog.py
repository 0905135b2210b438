"""Backlog counters: correct under concurrent writers, repaired when wrong, sufficient to choose the next run."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select, text

from scheduler_service.reconciler import Reconciler
from shared.db import migrate
from shared.db.database import DatabaseAway
from shared.db.tables import Backlog, Run
from shared.enums import Priority
from shared.messages import DispatchMessage
from shared.state.backlog import FIRST_RUNS, wrong_counters
from shared.state.cancel import cancel_simulation
from shared.window.choose import SIMULATIONS_LOOKED_AT, choose
from shared.window.fill import fill
from shared.window.loop import engines_with_backlog
from tests.backlogs import insert_backlog
from tests.rows import ENGINE, FAILURE, LEASE, SUCCESS, Rows


class SilentQueue:
    """A publisher without effect."""

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        """Does nothing."""

    def waiting(self, engine: str) -> int:
        return 0


def change(rows: Rows, statement: str, **parameters: object) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text(statement), parameters)


def counters(rows: Rows) -> dict[tuple[str, int], int]:
    """Queued runs by engine and place."""
    with rows.database.transaction() as connection:
        found = connection.execute(
            select(Backlog.engine, Backlog.place, func.sum(Backlog.runs)).group_by(Backlog.engine, Backlog.place)
        )
        return {(engine, place): int(runs) for engine, place, runs in found}


def chosen(rows: Rows, room: int) -> list[UUID]:
    with rows.database.transaction() as connection:
        return [row.id for row in choose(connection, ENGINE, room)]


def dispatch(rows: Rows, minimum: int) -> int:
    return fill(rows.database, SilentQueue(), ENGINE, lease=LEASE, minimum=minimum)


def test_runs_are_counted_by_their_place_while_they_wait(rows: Rows) -> None:
    simulation = rows.submit(FIRST_RUNS + 2)
    assert counters(rows) == {(ENGINE, 0): FIRST_RUNS, (ENGINE, 1): 2}

    dispatch(rows, minimum=4)
    assert counters(rows) == {(ENGINE, 1): 1}
    change(rows, "UPDATE runs SET engine = '9.6.0' WHERE published_at IS NULL")
    assert counters(rows) == {("9.6.0", 1): 1}
    change(
        rows, "UPDATE runs SET published_at = NULL, held_reason = 'backoff', not_before = 'infinity' WHERE index = 0"
    )
    assert counters(rows) == {("9.6.0", 1): 1, (ENGINE, 2): 1}
    assert engines_with_backlog(rows.database) == [ENGINE, "9.6.0"]
    change(rows, "DELETE FROM simulations WHERE id = :id", id=simulation)
    assert counters(rows) == {}
    assert engines_with_backlog(rows.database) == []


def test_existing_runs_are_counted_when_a_migration_adds_the_counters(rows: Rows, owner_url: str) -> None:
    rows.submit(5, priority=Priority.HIGH)
    dispatch(rows, minimum=4)
    rows.submit(1, owner="another")
    before = counters(rows)
    migrate.downgrade(owner_url, "0006")

    migrate.upgrade(owner_url)

    assert counters(rows) == before == {(ENGINE, 0): 1, (ENGINE, 1): 1}


def test_a_wrong_counter_does_not_keep_a_run_from_ending_and_is_repaired(rows: Rows) -> None:
    first, second = rows.runs(rows.submit(2))
    rows.submit(1, owner="another")
    change(rows, "UPDATE backlog SET runs = 1 WHERE owner = 'local'")
    change(rows, "DELETE FROM backlog WHERE owner = 'another'")
    with rows.database.transaction() as connection:
        assert len(wrong_counters(connection)) == 2

    assert rows.finish(rows.start(first), SUCCESS)
    assert rows.finish(rows.start(second), FAILURE)

    reconciler = Reconciler(rows.database, SilentQueue(), LEASE)
    assert reconciler.check_ledger() == 1
    assert reconciler.check_ledger() == 0
    assert counters(rows) == {(ENGINE, 0): 1}


def test_counters_stay_correct_under_concurrent_writers(rows: Rows) -> None:
    simulations = [rows.submit(20, owner=owner) for owner in ("a", "b", "a")]
    runs = [run for simulation in simulations[:2] for run in rows.runs(simulation)]

    def live(run: UUID) -> None:
        if rows.claim(run) is not None:
            # Two of these may deadlock; the services then try again too.
            with suppress(DatabaseAway):
                change(rows, "UPDATE runs SET published_at = NULL WHERE status = 'queued' AND simulation_id = "
                       "(SELECT simulation_id FROM runs WHERE id = :id)", id=run)  # fmt: skip

    with ThreadPoolExecutor(6) as pool:
        done: list[Future[Any]] = [pool.submit(live, run) for run in runs[::3]]
        done += [pool.submit(dispatch, rows, 10 + n) for n in range(10)]
        done.append(pool.submit(_cancel, rows, simulations[2]))
        for future in done:
            future.result()

    with rows.database.transaction() as connection:
        waiting = connection.scalar(
            select(func.count()).where(Run.status == "queued", Run.published_at.is_(None)).select_from(Run)
        )
    assert sum(counters(rows).values()) == waiting


def _cancel(rows: Rows, simulation: UUID) -> None:
    with rows.database.transaction() as connection:
        cancel_simulation(connection, simulation)


def test_all_simulations_get_their_turn_however_many_wait_before_them(rows: Rows) -> None:
    rows.new_simulation()
    with rows.database.transaction() as connection:
        insert_backlog(connection, simulations=3 * SIMULATIONS_LOOKED_AT, runs=1)

    passes = [dispatch(rows, minimum=1000) for _ in range(4)]

    assert passes == [SIMULATIONS_LOOKED_AT] * 3 + [0]


@pytest.mark.parametrize(
    "hidden_by",
    [
        pytest.param("UPDATE runs SET engine = '9.6.0'", id="another engine"),
        pytest.param("UPDATE runs SET held_reason = 'backoff', not_before = 'infinity'", id="held"),
        pytest.param("UPDATE runs SET published_at = now()", id="published"),
        pytest.param("DELETE FROM runs WHERE index < 3", id="past their first runs"),
    ],
)
def test_a_simulation_is_found_behind_many_of_which_nothing_goes_before_it(rows: Rows, hidden_by: str) -> None:
    rows.new_simulation()
    with rows.database.transaction() as connection:
        insert_backlog(connection, simulations=2 * SIMULATIONS_LOOKED_AT, runs=4)
        connection.execute(text(hidden_by))
    change(rows, "UPDATE simulations SET total = (SELECT count(*) FROM runs WHERE simulation_id = simulations.id)")
    mine = rows.runs(rows.submit(2))

    assert chosen(rows, 2) == mine


def test_a_run_is_ready_again_when_its_backoff_is_over(rows: Rows) -> None:
    first, second = rows.runs(rows.submit(2))
    change(
        rows, "UPDATE runs SET held_reason = 'backoff', not_before = now() - interval '1 s' WHERE id = :id", id=first
    )
    change(rows, "UPDATE runs SET held_reason = 'backoff', not_before = 'infinity' WHERE id = :id", id=second)

    assert dispatch(rows, minimum=10) == 1

    assert (rows.run(first).held_reason, rows.run(second).held_reason) == (None, "backoff")
    assert rows.run(first).published_at is not None
    with rows.database.transaction() as connection:
        connection.execute(delete(Run).where(Run.id == second))
        connection.execute(text("UPDATE simulations SET total = 1"))
