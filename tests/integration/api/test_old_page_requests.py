"""How many requests an open tab of the old page sends: few when a run has ended, one every two seconds before."""

from functools import partial

import pytest

from tests.integration.api.conftest import Client, Upload
from tests.integration.api.old_page_clock import TimedPage
from tests.integration.api.old_runs import FILES, METRICS

SECONDS = 10.0
#: Requests that a tab may send in these seconds after it was loaded with a run that has ended.
MOST = 6


@pytest.fixture
def page(api: Client, model: bytes, weather: bytes) -> TimedPage:
    """A tab with a run of four models."""
    page = TimedPage(api)
    models: list[Upload] = [(f"{number}.idf", model + f"\n! {number}".encode()) for number in range(4)]
    page.start(models, ("b.epw", weather))
    return page


def succeed(page: TimedPage, number: int) -> None:
    page.api.succeed(page.api.runs(page.simulation)[number], FILES, METRICS)


#: How many of the four runs succeed, and whether the others are cancelled or fail.
ENDS = {
    "completed": (4, False),
    "completed in part": (2, False),
    "failed": (0, False),
    "cancelled": (0, True),
    "cancelled with results": (3, True),
}


def end_as(page: TimedPage, end: str) -> None:
    succeeding, is_cancelled = ENDS[end]
    for number in range(succeeding):
        succeed(page, number)
    if is_cancelled:
        assert page.api.post(f"/api/simulation/task/{page.simulation}/cancel/").status_code == 200
        return
    for run in page.api.runs(page.simulation)[succeeding:]:
        page.api.fail(run)


@pytest.mark.parametrize("end", ENDS)
def test_after_a_reload_an_ended_run_costs_a_few_requests(page: TimedPage, end: str) -> None:
    end_as(page, end)

    page.load(SECONDS)

    assert len(page.asked) <= MOST, page.asked


def test_while_runs_go_on_a_tab_asks_every_two_seconds_and_once_for_each_step(page: TimedPage) -> None:
    # All of them end between two questions; the first is asked at 0 s, the last at 16 s.
    steps = {3.0: 0, 5.0: 1, 9.0: 2, 15.0: 3}

    page.load(60, {when: partial(succeed, page, number) for when, number in steps.items()})

    assert page.count("status") == 9
    # At the beginning, and once for each step; the last one completes the simulation.
    assert page.count("parallel-results") == len(steps) + 1
    assert len(page.asked) == 9 + len(steps) + 2


def test_a_tab_waits_for_a_run_that_does_not_begin_with_one_question_every_two_seconds(page: TimedPage) -> None:
    page.load(60)

    assert (page.count("status"), page.count("parallel-results"), len(page.asked)) == (30, 1, 32)


def test_rows_of_a_failed_run_would_make_a_tab_ask_without_a_pause(
    page: TimedPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_as(page, "failed")
    waiting = page.rows

    def with_rows() -> list[dict[str, object]]:
        waiting()
        return []

    monkeypatch.setattr(page, "rows", with_rows)

    page.load(SECONDS)

    assert len(page.asked) > 100
