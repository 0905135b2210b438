"""Playing scenarios one after the other in one world, and what came of each."""

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
from tests.chaos.multi_step import STORIES
from tests.chaos.scene import Play, Scene, Void
from tests.chaos.violations import Expected, forget, judge
from tests.chaos.watch import Watch
from tests.chaos.world import World

log = get_logger(__name__)

#: Pairs that are played with EnergyPlus itself too.
REAL = tuple(
    (point, fault)
    for point in ("engine started", "engine ended", "artifacts half stored", "result written")
    for fault in ("SIGKILL", "SIGTERM", "frozen past its lease", "Postgres killed")
)


#: How often a scenario is played whose point is not reached: a busy machine may be late, a point that is gone stays so.
MAX_TRIES = 3


@dataclass(frozen=True)
class Scenario:
    """A point, a fault, and how they are brought together."""

    point: str
    fault: str
    play: Play
    real: bool = False

    @property
    def name(self) -> str:
        """What it is called in reports and on the command line."""
        return f"{self.point}: {self.fault}{' (EnergyPlus)' if self.real else ''}"


@dataclass(frozen=True)
class ScenarioResult:
    """What came of a scenario; void when its fault never happened."""

    scenario: Scenario
    runs: int
    samples: int
    seconds: float
    void: bool
    violations: Sequence[str]

    def count(self, kind: str) -> int:
        """How many violations of a kind there are."""
        return sum(violation.startswith(kind) for violation in self.violations)


def all_scenarios() -> list[Scenario]:
    """One of each; only root can play those that fill a disk."""
    possible = [pair for pair in PAIRS if os.geteuid() == 0 or pair[1] not in PRIVILEGED]
    matrix = [Scenario(point, fault, partial(play, point, fault)) for point, fault in possible]
    stories = [Scenario(point, fault, story) for (point, fault), story in STORIES.items()]
    real = [Scenario(point, fault, partial(play, point, fault), real=True) for point, fault in REAL]
    return [*stories, *real, *matrix]


def draw(count: int, chance: random.Random) -> Iterator[Scenario]:
    """So many scenarios in random order; none twice before all have been played once, stories and real ones first."""
    everything = all_scenarios()
    special = [s for s in everything if s.real or (s.point, s.fault) in STORIES]
    matrix = [s for s in everything if s not in special]
    chance.shuffle(special)
    chance.shuffle(matrix)
    chosen = list(itertools.islice(itertools.cycle([*special, *matrix]), count))
    chance.shuffle(chosen)
    yield from chosen


def carry_out(world: World, scenario: Scenario, chance: random.Random) -> ScenarioResult:
    """Play one scenario and judge it; one whose point was not reached, as under load, is played again some times."""
    return until_not_void(lambda: _play(world, scenario, chance))


def until_not_void(play_once: Callable[[], ScenarioResult]) -> ScenarioResult:
    """The first result that is not void, or has violations; the last one after MAX_TRIES."""
    for _ in range(MAX_TRIES - 1):
        result = play_once()
        if result.violations or not result.void:
            return result
    return play_once()


def _play(world: World, scenario: Scenario, chance: random.Random) -> ScenarioResult:
    """Play a scenario once. The world is whole before and after."""
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
        # What is left over from a broken-off scenario is to be judged too.
        world.heal()
        violations |= judge(world, load, watch, expected, since=since)
    load.close()
    if violations:
        # Whatever the services still have in mind of this one is not to disturb the next.
        world.kill_services()
        world.empty_queues()
    seconds = time.monotonic() - started
    runs = sum(wanted.runs for wanted in load.answered)
    return ScenarioResult(scenario, runs, watch.samples, seconds, void, sorted(violations))
