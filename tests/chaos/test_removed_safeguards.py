"""The suite detects the loss of a safeguard: without it, a scenario fails, and for the expected reason."""

import random

import pytest

from tests.chaos.campaign import all_scenarios, carry_out
from tests.chaos.world import World

CASES = {
    "fence": ("artifacts stored: frozen until another has the run", "keeps"),
    "safe consumer": ("message acknowledged: stale delivery", "RabbitMQ has a message for each"),
    "confirms": ("message published: broker frozen, then killed", "RabbitMQ has a message for each"),
    "lease": ("run claimed: SIGKILL", "is still running"),
}
DETECTED = frozenset(name for name, _ in CASES.values())
#: These scenarios wait in vain for something, so the wait is short.
PATIENCE_SECONDS = 20.0


@pytest.mark.timeout(240)
@pytest.mark.parametrize("safeguard", CASES)
def test_the_suite_fails_without(world: World, safeguard: str) -> None:
    name, reason = CASES[safeguard]
    scenario = next(s for s in all_scenarios() if s.name == name)

    with world.without(safeguard, patience=PATIENCE_SECONDS):
        outcome = carry_out(world, scenario, random.Random(1))

    assert not outcome.void
    assert any(reason in violation for violation in outcome.violations), outcome.violations
