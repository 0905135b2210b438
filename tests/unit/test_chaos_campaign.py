"""A scenario whose point is not reached is repeated before it counts as void."""

from collections.abc import Sequence

import pytest

from tests.chaos.campaign import MAX_TRIES, Scenario, ScenarioResult, until_not_void

SCENARIO = Scenario("claim written", "SIGKILL", lambda _: None)  # type: ignore[arg-type,return-value]


def result(*, void: bool, violations: Sequence[str] = ()) -> ScenarioResult:
    return ScenarioResult(SCENARIO, 3, 10, 1.0, void, violations)


PLAYED, VOID, WRONG = result(void=False), result(void=True), result(void=True, violations=["lost: one"])


@pytest.mark.parametrize(
    ("results", "kept", "times"),
    [
        ([PLAYED], PLAYED, 1),
        ([VOID, PLAYED], PLAYED, 2),
        ([VOID] * MAX_TRIES, VOID, MAX_TRIES),
        # A violation counts even if a repetition would have none.
        ([VOID, WRONG, PLAYED], WRONG, 2),
    ],
)
def test_a_void_scenario_is_played_again_until_it_is_not_or_the_tries_are_used_up(
    results: list[ScenarioResult], kept: ScenarioResult, times: int
) -> None:
    left = list(results)

    assert until_not_void(lambda: left.pop(0)) is kept
    assert len(results) - len(left) == times
