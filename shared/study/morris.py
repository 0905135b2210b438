"""Sampling method: trajectories for elementary effects (Morris 1991), without optimisation.

Each dimension has p = 4 levels: 0, 1/3, 2/3 and 1. A trajectory begins at a random point of this grid and changes the
factors one after the other, in random order, each once by p / (2 (p - 1)) = 2/3 up or down: with this step every level
is equally likely (Morris 1991, section 3; Saltelli et al. 2008, section 3.3).
"""

from collections.abc import Iterator, Sequence

import numpy as np

from shared.study.design import Factor, Options, Points, SamplingMethod, Variant
from shared.study.points import TAKES, USES, check_count, variants

LEVELS = 4
#: In levels.
STEP = LEVELS // 2
#: Trajectories that are drawn at once: 50 factors make 3,264 runs.
CHUNK = 64


def count(factors: Sequence[Factor], options: Options) -> int:
    """Number of variants: r (k + 1)."""
    return (options.count or 0) * (len(factors) + 1)


def draw(factors: Sequence[Factor], options: Options) -> Iterator[Variant]:
    """The variants, trajectory after trajectory."""
    return variants(factors, _blocks(len(factors), options.count or 0, options.seed or 0))


def _blocks(dimensions: int, number: int, seed: int) -> Iterator[Points]:
    generator = np.random.default_rng(seed)
    for start in range(0, number, CHUNK):
        # Always a whole chunk, so that the first trajectories do not depend on how many follow.
        yield _trajectories(generator.random((CHUNK, 3, dimensions))[: number - start])


def _trajectories(drawn: Points) -> Points:
    dimensions = drawn.shape[2]
    lower, is_falling = (drawn[:, 0] * (LEVELS - STEP)).astype(np.int64), drawn[:, 1] < 0.5
    first, last = lower + STEP * is_falling, lower + STEP * ~is_falling
    # The place of each factor in the order of its trajectory: the rank of a random number.
    place = drawn[:, 2].argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
    is_changed = place[:, None, :] < np.arange(dimensions + 1)[:, None]
    levels = np.where(is_changed, last[:, None, :], first[:, None, :])
    return levels.reshape(-1, dimensions) / (LEVELS - 1)


def _enlarging(options: Options) -> str:
    return f"Every larger count with the seed {options.seed} keeps these trajectories."


METHOD = SamplingMethod(
    count,
    draw,
    "`count` trajectories of Morris for elementary effects: with k parameters `count` x (k + 1) runs, 4 levels, steps "
    "of 2/3 of a range.",
    USES,
    TAKES,
    check=check_count,
    enlarging=_enlarging,
)
