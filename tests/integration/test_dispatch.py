"""Dispatch: the order of runs, the size of the window, and faults of RabbitMQ."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.enums import Priority
from shared.messages import BrokerAway, DispatchMessage
from shared.window.lost import release_lost
from tests.integration.dispatching import DispatchPublisher, chosen, dispatch
from tests.rows import ENGINE, LEASE, Rows


def published(rows: Rows) -> int:
    with rows.database.transaction() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM runs WHERE published_at IS NOT NULL")) or 0)


def test_the_window_is_bounded_and_grows_with_the_fleet(rows: Rows) -> None:
    rows.submit(50)
    shelf = DispatchPublisher()

    assert dispatch(rows, shelf) == 4
    assert dispatch(rows, shelf) == 0
    rows.worker(concurrency=8)
    assert dispatch(rows, shelf) == 12
    assert len(set(shelf.messages)) == 16


def test_a_started_run_makes_room_for_the_next(rows: Rows) -> None:
    runs = rows.runs(rows.submit(10))
    shelf = DispatchPublisher()
    dispatch(rows, shelf)

    rows.start(runs[0])

    assert dispatch(rows, shelf) == 1
    assert shelf.messages == runs[:5]


def test_nothing_is_sent_during_a_pause_and_all_that_was_out_is_sent_again_after_it(rows: Rows) -> None:
    runs = rows.runs(rows.submit(6))
    shelf = DispatchPublisher()
    assert dispatch(rows, shelf) == 4

    rows.pause()
    assert dispatch(rows, shelf) == 0
    # Workers receive their messages and refuse them.
    assert [rows.claim(run) for run in runs[:4]] == [None] * 4
    assert release_lost(rows.database, DispatchPublisher(empty=True), ENGINE, lease=timedelta(0)) == []
    assert published(rows) == 0

    rows.resume()
    assert dispatch(rows, shelf) == 4
    assert shelf.messages == runs[:4] * 2


def test_a_message_that_was_marked_while_a_pause_began_is_no_lost_one_and_is_sent_again(rows: Rows) -> None:
    runs = rows.runs(rows.submit(1))
    shelf = DispatchPublisher(empty=True)
    rows.pause()
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET published_at = now() - interval '1 hour'"))
    assert release_lost(rows.database, shelf, ENGINE, lease=LEASE) == []

    rows.resume()

    assert dispatch(rows, shelf) == 1
    assert shelf.messages == runs


def test_higher_bands_go_first(rows: Rows) -> None:
    made = {priority: rows.runs(rows.submit(2, priority=priority)) for priority in Priority}

    order = chosen(rows, 8)

    expected = [run for priority in sorted(Priority, reverse=True) for run in made[priority]]
    assert order == expected


def test_owners_take_turns(rows: Rows) -> None:
    many = rows.runs(rows.submit(20, owner="many"))
    few = rows.runs(rows.submit(3, owner="few"))

    order = chosen(rows, 8)

    assert order[:6] == [many[0], few[0], many[1], few[1], many[2], few[2]]


def test_what_an_owner_already_has_running_counts_in_their_turn(rows: Rows) -> None:
    many = rows.runs(rows.submit(20, owner="many"))
    for run in many[:3]:
        rows.start(run)
    few = rows.runs(rows.submit(3, owner="few"))

    assert chosen(rows, 4) == [few[0], few[1], few[2], many[3]]


@pytest.mark.parametrize("owner", ["another", "many"])
def test_three_runs_are_chosen_before_the_thirtieth_of_a_thousand(rows: Rows, owner: str) -> None:
    rows.submit(1000, owner="many")
    three = rows.runs(rows.submit(3, owner=owner))

    assert set(three) < set(chosen(rows, 29))


def test_a_run_that_may_not_start_yet_is_not_chosen(rows: Rows) -> None:
    first, second = rows.runs(rows.submit(2))
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET not_before = 'infinity' WHERE id = :id"), {"id": first})

    assert chosen(rows, 5) == [second]


def test_only_what_was_published_is_marked_when_rabbitmq_goes_away_half_way(rows: Rows) -> None:
    rows.submit(10)
    shelf = DispatchPublisher(room=2)

    assert dispatch(rows, shelf) == 2
    assert published(rows) == 2
    with pytest.raises(BrokerAway):
        dispatch(rows, shelf)
    shelf.room = 100
    assert dispatch(rows, shelf) == 2


def test_two_dispatchers_at_once_publish_each_run_once(rows: Rows) -> None:
    rows.submit(40)
    shelf = DispatchPublisher()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: dispatch(rows, shelf, minimum=40), range(4)))

    assert len(shelf.messages) == len(set(shelf.messages)) == 40


def test_a_run_that_was_claimed_before_it_was_marked_stays_as_it_is(rows: Rows) -> None:
    (run,) = rows.runs(rows.submit())

    class Quick(DispatchPublisher):
        def publish_run(self, engine: str, message: DispatchMessage) -> None:
            rows.start(message.run_id)

    dispatch(rows, Quick())

    assert (rows.run(run).status, rows.run(run).published_at) == ("running", None)


def test_a_message_is_lost_only_when_the_queue_is_past_it(rows: Rows) -> None:
    first, second = rows.runs(rows.submit(2))
    shelf = DispatchPublisher()
    dispatch(rows, shelf)

    def release() -> list[UUID]:
        return release_lost(rows.database, shelf, ENGINE, lease=timedelta(seconds=5))

    shelf.empty = True
    assert release() == []

    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET published_at = published_at - interval '1 minute'"))
    shelf.empty = False
    assert release() == []

    with rows.database.transaction() as connection:
        connection.execute(
            text("UPDATE runs SET published_at = published_at + interval '1 second' WHERE id = :id"), {"id": second}
        )
    rows.start(second)
    with rows.database.transaction() as connection:
        connection.execute(
            text("UPDATE runs SET started_at = now() - interval '10 second' WHERE id = :id"), {"id": second}
        )
    assert release() == [first]
    assert rows.run(first).published_at is None


def test_with_an_empty_queue_everything_published_long_ago_is_lost(rows: Rows) -> None:
    runs = rows.runs(rows.submit(2))
    shelf = DispatchPublisher(empty=True)
    dispatch(rows, shelf)
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE runs SET published_at = published_at - interval '1 minute'"))

    assert set(release_lost(rows.database, shelf, ENGINE, lease=timedelta(seconds=5))) == set(runs)
    assert dispatch(rows, shelf) == 2
