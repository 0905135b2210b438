"""Clients that come back get what has changed since, or one reset, and nobody else notices."""

import pytest
from sqlalchemy import text

from tests.integration.api.following import Readings, follow, names
from tests.rows import Rows


def test_a_follower_that_comes_back_gets_what_has_changed_since(rows: Rows, readings: Readings) -> None:
    simulation, other = rows.submit(2), rows.submit()
    before, after = rows.runs(simulation)
    follower = follow(simulation_id=simulation)
    readings.read(follower)
    rows.finish(rows.start(before))
    last = readings.read(follower)[0][-1].id

    rows.finish(rows.start(after))
    rows.finish(rows.start(rows.runs(other)[0]))
    # Another process of the API, which has read nothing before.
    elsewhere = Readings(rows.database)
    of_one, of_all = elsewhere.read(follow(simulation_id=simulation, since=last), follow(since=last))
    elsewhere.close()

    assert names(of_one) == [("run", str(after)), ("simulation", str(simulation))]
    assert {event.data["status"] for event in of_one} == {"succeeded"}
    assert set(names(of_all)) >= {("simulation", str(other)), ("run", str(after))}


def test_the_first_part_of_a_batch_does_not_move_the_cursor(rows: Rows, readings: Readings) -> None:
    follower = follow()
    readings.read(follower)
    rows.finish(rows.start(rows.runs(rows.submit())[0]))

    (events,) = readings.read(follower)

    (resumed,) = readings.read(follow(since=events[0].id))
    assert names(resumed) == names(events)


@pytest.mark.parametrize("since", [0, 10**15], ids=["malformed or too old", "from another database"])
def test_a_cursor_that_says_nothing_is_answered_by_one_reset(rows: Rows, readings: Readings, since: int) -> None:
    simulation = rows.submit()

    of_all, of_one = readings.read(follow(since=since), follow(simulation_id=simulation, since=since))

    assert [event.event for event in of_all] == ["reset"]
    assert [event.event for event in of_one] == ["reset", "simulation"]


def test_too_many_changes_since_are_answered_by_a_reset(
    rows: Rows, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower = follow()
    readings.read(follower)
    runs = rows.runs(rows.submit(6))
    (event,) = readings.read(follower)[0]
    for run in runs:
        rows.start(run)

    assert len(readings.read(follow(since=event.id))[0]) == 7
    monkeypatch.setattr("api_service.live.queries.RESUMABLE_CHANGES", 4)
    assert [event.event for event in readings.read(follow(since=event.id))[0]] == ["reset"]


def test_more_changed_simulations_than_are_looked_at_are_answered_by_a_reset(
    rows: Rows, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = rows.submit()
    of_all, of_one = follow(), follow(simulation_id=mine)
    last = readings.read(of_all, of_one)[1][0].id
    monkeypatch.setattr("api_service.live.queries.MOST_SIMULATIONS", 2)
    for _ in range(3):
        rows.submit()

    expected = [["reset"], ["reset", "simulation"]]
    assert [[event.event for event in events] for events in readings.read(of_all, of_one)] == expected
    back = [follow(since=last), follow(simulation_id=mine, since=last)]
    assert [[event.event for event in events] for events in readings.read(*back)] == expected


def test_a_client_that_comes_back_after_many_changes_causes_no_reset_of_the_others(
    rows: Rows, readings: Readings, monkeypatch: pytest.MonkeyPatch
) -> None:
    stays = follow()
    readings.read(stays)
    rows.submit()
    (event,) = readings.read(stays)[0]
    with rows.database.transaction() as early:
        # Has a number, so that all cursors stay below what follows.
        early.execute(text("SELECT pg_current_xact_id()"))
        for _ in range(3):
            rows.submit()
        readings.read(stays)
        monkeypatch.setattr("api_service.live.queries.MOST_SIMULATIONS", 2)
        changed = rows.submit()

        of_one, of_other = readings.read(stays, follow(since=event.id))

    assert names(of_one) == [("simulation", str(changed))]
    assert [event.event for event in of_other] == ["reset"]


def test_deletions_of_another_server_that_a_dump_remembers_cause_no_reset(rows: Rows, readings: Readings) -> None:
    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE forgotten SET revision = 1000000000000"))
    stays = follow()
    readings.read(stays)
    simulation = rows.submit()
    (event,) = readings.read(stays)[0]
    assert (event.event, event.data["id"]) == ("simulation", str(simulation))
    assert "reset" not in {event.event for event in readings.read(follow(since=event.id))[0]}

    with rows.database.transaction() as connection:
        connection.execute(text("UPDATE simulations SET deleted_at = now()"))
    with rows.database.transaction() as connection:
        connection.execute(text("DELETE FROM simulations"))

    assert "reset" in {event.event for event in readings.read(follow(since=event.id))[0]}
