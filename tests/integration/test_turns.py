"""Starts assigned by round robin: no owner starves while others have runs of a higher priority."""

from itertools import pairwise

import pytest
from sqlalchemy import text

from shared.enums import Priority
from shared.window.choose import EVERY
from tests.integration.dispatching import DispatchPublisher, chosen, dispatch
from tests.rows import ENGINE, Rows


@pytest.mark.parametrize("slots", [1, 4])
def test_a_normal_run_is_among_the_next_starts_whatever_is_urgent(rows: Rows, slots: int) -> None:
    rows.submit(300, owner="loud", priority=Priority.URGENT)
    shelf = DispatchPublisher()
    dispatch(rows, shelf, minimum=slots)
    (quiet,) = rows.runs(rows.submit(owner="quiet"))

    before = len(shelf.messages)
    while quiet not in shelf.messages:
        for run in shelf.messages[-slots:]:
            if rows.run(run).status == "queued":
                rows.finish(rows.start(run))
        dispatch(rows, shelf, minimum=slots)
        assert len(shelf.messages) <= before + EVERY * 2


def test_each_of_several_owners_has_a_turn(rows: Rows) -> None:
    rows.submit(300, owner="loud", priority=Priority.URGENT)
    waiting = {rows.runs(rows.submit(owner=f"quiet {n}", priority=Priority.LOW))[0] for n in range(5)}

    order = chosen(rows, EVERY * 6)

    assert waiting < set(order)
    places = [place for place, run in enumerate(order) if run in waiting]
    assert [later - earlier for earlier, later in pairwise(places)] == [EVERY] * 4


def test_starts_are_counted_by_engine(rows: Rows) -> None:
    rows.submit(10)
    shelf = DispatchPublisher(room=3)
    dispatch(rows, shelf)

    with rows.database.transaction() as connection:
        assert connection.execute(text("SELECT engine, starts, owner FROM dispatch_turns")).all() == [(ENGINE, 3, "")]


def test_runs_of_a_lower_band_take_no_turn_of_another_owner(rows: Rows) -> None:
    rows.submit(300, owner="loud", priority=Priority.URGENT)
    rows.submit(300, owner="patient", priority=Priority.LOW)
    shelf = DispatchPublisher()
    dispatch(rows, shelf, minimum=1)
    (quiet,) = rows.runs(rows.submit(owner="quiet"))

    before = len(shelf.messages)
    while quiet not in shelf.messages:
        rows.finish(rows.start(shelf.messages[-1]))
        dispatch(rows, shelf, minimum=1)
        assert len(shelf.messages) <= before + EVERY * 3
