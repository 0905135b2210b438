"""The caps of an owner hold under concurrent submissions and for duplicated messages."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.enums import Priority
from shared.messages import DispatchMessage
from shared.state.cancel import cancel_simulation
from shared.state.caps import OverCap, check_stored, queued_runs, stored_bytes
from shared.state.finish import fail_attempt, give_back
from shared.state.finished import Failure, Finished, OutputFile
from shared.state.policy import RetryPolicy
from shared.state.retry import retry_failed
from shared.state.submit import submit
from shared.window.fill import fill
from tests.rows import ENGINE, FAILURE, LEASE, MODEL, Rows

POLICY = RetryPolicy(timedelta(seconds=60))


@dataclass
class CapsPublisher:
    """A publisher that records messages."""

    messages: list[UUID] = field(default_factory=list)

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        self.messages.append(message.run_id)

    def waiting(self, engine: str) -> int:
        return len(self.messages)


def dispatch(rows: Rows, shelf: CapsPublisher, owner_runs: int) -> int:
    return fill(rows.database, shelf, ENGINE, lease=LEASE, minimum=20, owner_runs=owner_runs)


def submit_under(rows: Rows, runs: int, most: int, owner: str = "local") -> int:
    """Number of queued runs: all of the submission or none."""
    new = rows.new_simulation(runs, owner=owner)
    try:
        with rows.database.transaction() as connection:
            submit(connection, new, max_queued=most)
    except OverCap:
        return 0
    return runs


def queued(rows: Rows, owner: str = "local") -> int:
    with rows.database.transaction() as connection:
        return queued_runs(connection, owner)


def test_queued_are_those_that_neither_run_nor_have_ended(rows: Rows) -> None:
    first, second, *_ = rows.runs(rows.submit(5))
    rows.finish(rows.start(first))
    rows.start(second)
    with rows.database.transaction() as connection:
        cancel_simulation(connection, rows.submit(7))

    assert queued(rows) == 3
    assert queued(rows, "another") == 0


def test_a_submission_over_the_cap_is_refused_with_all_three_numbers(rows: Rows) -> None:
    rows.submit(6)

    with pytest.raises(OverCap) as refused, rows.database.transaction() as connection:
        submit(connection, rows.new_simulation(5), max_queued=10)

    assert (refused.value.has, refused.value.adding, refused.value.maximum) == (6, 5, 10)
    assert not refused.value.is_hopeless
    assert queued(rows) == 6
    assert submit_under(rows, 4, 10) == 4
    assert submit_under(rows, 10, 10, owner="another") == 10


def test_concurrent_submissions_do_not_exceed_the_cap(rows: Rows) -> None:
    rows.new_simulation()
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: submit_under(rows, 3, 10), range(8)))

    assert sum(taken) == queued(rows) == 9


def test_a_retry_is_a_submission_of_the_failed_runs(rows: Rows) -> None:
    simulation = rows.submit(3)
    for run in rows.runs(simulation):
        rows.finish(rows.start(run), FAILURE)
    rows.submit(8)

    with pytest.raises(OverCap) as refused, rows.database.transaction() as connection:
        retry_failed(connection, simulation, max_queued=10)

    assert (refused.value.has, refused.value.adding, refused.value.maximum) == (8, 3, 10)
    assert rows.simulation(simulation).status == "failed"
    with rows.database.transaction() as connection:
        retry_failed(connection, simulation, max_queued=11)
    assert queued(rows) == 11


def test_the_dispatcher_hands_out_no_more_of_an_owner_than_may_run(rows: Rows) -> None:
    many = rows.runs(rows.submit(10, owner="many"))
    few = rows.runs(rows.submit(2, owner="few"))
    shelf = CapsPublisher()

    assert dispatch(rows, shelf, owner_runs=3) == 5
    assert set(shelf.messages) == {*many[:3], *few}
    assert dispatch(rows, shelf, owner_runs=3) == 0


def test_what_runs_counts_and_what_has_ended_makes_room(rows: Rows) -> None:
    runs = rows.runs(rows.submit(10))
    shelf = CapsPublisher()
    dispatch(rows, shelf, owner_runs=2)
    keys = [rows.start(run) for run in shelf.messages]

    assert dispatch(rows, shelf, owner_runs=2) == 0
    rows.finish(keys[0])
    assert dispatch(rows, shelf, owner_runs=2) == 1
    assert shelf.messages == runs[:3]


def test_of_an_owner_at_the_cap_the_urgent_runs_go_first(rows: Rows) -> None:
    rows.submit(5, priority=Priority.LOW)
    urgent = rows.runs(rows.submit(2, priority=Priority.URGENT))
    shelf = CapsPublisher()

    assert dispatch(rows, shelf, owner_runs=2) == 2
    assert set(shelf.messages) == set(urgent)


def test_runs_of_another_engine_count_too(rows: Rows) -> None:
    other = rows.runs(rows.submit(2))
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET engine = '9.6.0'"))
    rows.start(other[0])
    rows.submit(5)

    assert dispatch(rows, CapsPublisher(), owner_runs=3) == 2


def test_workers_at_once_start_no_more_of_an_owner_than_may_run(rows: Rows) -> None:
    runs = rows.runs(rows.submit(12))
    with ThreadPoolExecutor(6) as pool:
        claims = list(pool.map(lambda run: rows.claim(run, owner_runs=4), runs))

    assert sum(claim is not None for claim in claims) == 4
    # A run that was refused at the claim is unchanged.
    assert {rows.run(run).attempt for run in runs} == {0, 1}


def test_a_message_over_the_cap_is_refused_and_its_run_dispatched_later(rows: Rows) -> None:
    runs = rows.runs(rows.submit(4))
    shelf = CapsPublisher()
    dispatch(rows, shelf, owner_runs=0)
    keys = [rows.start(run) for run in runs[:2]]

    assert rows.claim(runs[2], owner_runs=2) is None

    assert (rows.run(runs[2]).status, rows.run(runs[2]).published_at) == ("queued", None)
    assert rows.run(runs[3]).published_at is not None
    rows.finish(keys[0])
    rows.finish(keys[1])
    shelf.messages.clear()
    assert dispatch(rows, shelf, owner_runs=2) == 1
    assert shelf.messages == [runs[2]]


def test_a_claim_refused_by_the_cap_does_not_start_the_simulation(rows: Rows) -> None:
    (going,) = rows.runs(rows.submit())
    rows.start(going)
    waiting = rows.submit()

    assert rows.claim(rows.runs(waiting)[0], owner_runs=1) is None
    assert (rows.simulation(waiting).status, rows.simulation(waiting).started_at) == ("queued", None)


@pytest.mark.parametrize("leaving", ["given back", "lost"])
def test_a_run_that_comes_back_takes_a_new_place_and_its_old_message_none(rows: Rows, leaving: str) -> None:
    runs = rows.runs(rows.submit(3))
    shelf = CapsPublisher()
    dispatch(rows, shelf, owner_runs=1)
    key = rows.start(runs[0])
    with rows.database.transaction() as connection:
        if leaving == "given back":
            give_back(connection, key, POLICY)
        else:
            fail_attempt(connection, key, Failure("worker_lost", "it is gone"), POLICY)
            connection.execute(text("UPDATE runs SET not_before = now()"))
    shelf.messages.clear()
    dispatch(rows, shelf, owner_runs=1)
    rows.start(shelf.messages[0])

    # RabbitMQ delivers the second run although only one may start.
    assert rows.claim(runs[1], owner_runs=1) is None
    assert rows.claim(shelf.messages[0], owner_runs=1) is None
    assert dispatch(rows, shelf, owner_runs=1) == 0


def test_stored_bytes_are_each_input_once_and_all_results(rows: Rows) -> None:
    first, second = rows.submit(2), rows.submit()
    for run in rows.runs(first):
        file = OutputFile("eplusout.err", f"runs/{run}/1/eplusout.err", "c" * 64, 1000)
        rows.finish(rows.start(run), Finished("success", {}, None, files=[file]))

    with rows.database.transaction() as connection:
        assert stored_bytes(connection, "local") == 2002
        assert stored_bytes(connection, "another") == 0
        connection.execute(text("UPDATE simulations SET deleted_at = now() WHERE id = :id"), {"id": first})
        assert stored_bytes(connection, "local") == 2
        connection.execute(text("UPDATE simulations SET deleted_at = now() WHERE id = :id"), {"id": second})
        assert stored_bytes(connection, "local") == 0


def test_a_file_the_owner_has_already_adds_nothing(rows: Rows) -> None:
    rows.submit()
    with rows.database.transaction() as connection:
        check_stored(connection, "local", {MODEL: 1, "d" * 64: 8}, 10)
        with pytest.raises(OverCap) as refused:
            check_stored(connection, "local", {MODEL: 1, "d" * 64: 9}, 10)
        assert (refused.value.has, refused.value.adding) == (2, 9)
        with pytest.raises(OverCap):
            check_stored(connection, "another", {MODEL: 1, "d" * 64: 10}, 10)
        check_stored(connection, "another", {MODEL: 1, "d" * 64: 10}, 0)
