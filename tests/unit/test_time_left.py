"""Time left of a simulation, from its runs that have ended and those under way."""

import pytest

from api_service.simulations.time_left import Pace, time_left

TENS = [10.0] * 20


def p50(queued: int, pace: Pace) -> float:
    found = time_left(queued, pace)
    assert found is not None
    assert found.p90 >= found.p50
    return found.p50


def test_it_is_what_is_open_at_the_pace_of_late() -> None:
    # Twenty runs of 10 s in 100 s: two at once.
    pace = Pace(TENS, 100.0, 0.0, under_way=[(50, 5.0), (50, 5.0)])

    assert p50(19, pace) == pytest.approx(100, rel=0.02)


def test_more_workers_count_at_once_and_a_moment_between_two_runs_does_not() -> None:
    def left(running: int) -> float:
        return p50(40 - running, Pace(TENS, 100.0, 0.0, under_way=[(0, 0.1)] * running))

    assert left(10) == pytest.approx(40, rel=0.02)
    assert left(1) == left(2) == left(3) == pytest.approx(200, rel=0.02)
    assert time_left(40, Pace(TENS, 100.0, 1.0)) is not None


def test_before_the_first_end_the_progress_of_a_run_tells() -> None:
    assert p50(1, Pace(under_way=[(25, 15.0)])) == pytest.approx(105, rel=0.02)
    assert time_left(1, Pace(under_way=[(1, 2.0)])) is None
    assert time_left(1, Pace(under_way=[(25, -0.1)])) is None


def test_while_nothing_runs_it_is_not_known() -> None:
    assert time_left(5, Pace()) is None
    assert time_left(5, Pace(TENS, 100.0, 60.0)) is None


def test_runs_that_differ_give_a_wider_spread() -> None:
    alike, different = (
        time_left(0, Pace(seconds, 60.0, 0.0, under_way=[(0, 0.0)])) for seconds in ([10.0] * 6, [2.0, 4.0, 9.0, 30.0])
    )
    assert alike is not None
    assert different is not None

    assert different.p90 / different.p50 > 2 * alike.p90 / alike.p50 - 1
