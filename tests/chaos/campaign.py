"""Runs scenarios one after the other in one environment and collects the results."""

import itertools
import os
import random
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from shared.logging import get_logger
from tests.chaos.load import Load
from tests.chaos.matrix import PAIRS, PRIVILEGED, play
from tests.chaos.multi_step import MULTI_STEP
from tests.chaos.scene import Play, Scene, Void
from tests.chaos.violations import Expected, forget, judge
from tests.chaos.watch import Watch
from tests.chaos.world import World

log = get_logger(__name__)

#: Pairs that are also run with the real EnergyPlus.
REAL = tuple(
    (point, fault)
    for point in ("engine started", "engine ended", "artifacts half stored", "result written")
    for fault in ("SIGKILL", "SIGTERM", "frozen past its lease", "Postgres killed")
)


#: Maximum number of tries of a scenario whose point is not reached, as can happen on a slow machine.
MAX_TRIES = 6


@dataclass(frozen=True)
class Scenario:
    """A point, a fault, and the function that combines them."""

    point: str
    fault: str
    play: Play
    real: bool = False

    @property
    def name(self) -> str:
        """Name in reports and on the command line."""
        return f"{self.point}: {self.fault}{' (EnergyPlus)' if self.real else ''}"


@dataclass(frozen=True)
class ScenarioResult:
    """Result of a scenario; `void` when its fault never happened."""

    scenario: Scenario
    runs: int
    samples: int
    seconds: float
    void: bool
    violations: Sequence[str]

    def count(self, kind: str) -> int:
        """Number of violations of a kind."""
        return sum(violation.startswith(kind) for violation in self.violations)


def all_scenarios() -> list[Scenario]:
    """Returns every scenario once; those that fill a disk only for root."""
    possible = [pair for pair in PAIRS if os.geteuid() == 0 or pair[1] not in PRIVILEGED]
    matrix = [Scenario(point, fault, partial(play, point, fault)) for point, fault in possible]
    multi_step = [Scenario(point, fault, steps) for (point, fault), steps in MULTI_STEP.items()]
    real = [Scenario(point, fault, partial(play, point, fault), real=True) for point, fault in REAL]
    return [*multi_step, *real, *matrix]


def draw(count: int, chance: random.Random) -> Iterator[Scenario]:
    """Yields `count` scenarios in random order.

    None comes twice before all have been run once; multi-step and real scenarios take precedence over the others.
    """
    everything = all_scenarios()
    special = [s for s in everything if s.real or (s.point, s.fault) in MULTI_STEP]
    matrix = [s for s in everything if s not in special]
    chance.shuffle(special)
    chance.shuffle(matrix)
    chosen = list(itertools.islice(itertools.cycle([*special, *matrix]), count))
    chance.shuffle(chosen)
    yield from chosen


def carry_out(world: World, scenario: Scenario, chance: random.Random) -> ScenarioResult:
    """Runs one scenario and checks the result; repeats it if its point was not reached, which happens under load."""
    return until_not_void(lambda: _play(world, scenario, chance))


def until_not_void(play_once: Callable[[], ScenarioResult]) -> ScenarioResult:
    """Returns the first result that is not void or has violations, or the last one after MAX_TRIES."""
    for _ in range(MAX_TRIES - 1):
        result = play_once()
        if result.violations or not result.void:
            return result
    return play_once()


def _play(world: World, scenario: Scenario, chance: random.Random) -> ScenarioResult:
    """Runs a scenario once. The environment is intact before and after."""
    world.heal()
    forget(world)
    started = time.monotonic()
    since = world.engine.mark()
    load = Load(world)
    violations: set[str] = set()
    void = False
    with Watch(world.database) as watch:
        scene = Scene(world, load, watch, chance, scenario.real)
        expected = Expected()
        try:
            try:
                expected = scenario.play(scene)
            except Void:
                void = True
            scene.settle()
        except Exception as error:
            violations.add(f"lost: {''.join(traceback.format_exception_only(error)).strip()}")
            log.exception("scenario.broken", scenario=scenario.name, logs=world.logs())
        # What a broken-off scenario has left behind is checked too.
        world.heal()
        violations |= judge(world, load, watch, expected, since=since)
    load.close()
    if violations:
        # The services' memory of this scenario must not disturb the next one.
        world.kill_services()
        world.empty_queues()
    seconds = time.monotonic() - started
    runs = sum(wanted.runs for wanted in load.answered)
    return ScenarioResult(scenario, runs, watch.samples, seconds, void, sorted(violations))
