"""The short campaign: every multi-step scenario, and some of the pairs. `make chaos` runs all of them."""

import os
import random

import pytest

from tests.chaos.campaign import Scenario, all_scenarios, carry_out
from tests.chaos.matrix import PAIRS
from tests.chaos.multi_step import MULTI_STEP
from tests.chaos.points import POINTS
from tests.chaos.test_removed_safeguards import DETECTED
from tests.chaos.world import World

#: Another seed draws other pairs; the output of the test names the seed.
SEED = int(os.environ.get("CHAOS_SEED", "4"))
DRAWN = 14
REAL = 2
#: Each fault of a helper, and each step that one does.
HELPERS = frozenset(
    {
        ("model being prepared", "helper killed"),
        ("model being prepared", "helper frozen for good"),
        ("results being read", "helper out of memory"),
    }
)


def chosen() -> list[Scenario]:
    """All multi-step scenarios, those that fail without a safeguard, those of helpers, and random pairs."""
    chance = random.Random(SEED)
    everything = all_scenarios()
    always = [s for s in everything if (s.point, s.fault) in {*MULTI_STEP, *HELPERS} or s.name in DETECTED]
    real = [s for s in everything if s.real]
    matrix = [s for s in everything if not s.real and s not in always]
    return [*always, *chance.sample(real, REAL), *chance.sample(matrix, DRAWN)]


@pytest.mark.timeout(240)
@pytest.mark.parametrize("scenario", chosen(), ids=lambda scenario: f"seed {SEED}, {scenario.name}")
def test_nothing_is_lost_doubled_wrong_or_left_behind(world: World, scenario: Scenario) -> None:
    outcome = carry_out(world, scenario, random.Random(SEED))

    assert not outcome.void, "the fault's point was not reached"
    assert outcome.violations == []


def test_every_point_is_tried_with_some_fault_and_there_are_pairs_enough() -> None:
    assert {point for point, _ in PAIRS} == {point.name for point in POINTS}
    assert set(PAIRS) >= HELPERS
    assert len(PAIRS) >= 40
    assert len({s.name for s in all_scenarios()}) >= 200
