"""Sampling method: the scrambled sequence of Halton, as scipy has it (Owen 2017).

Scrambled, because the first points of the plain sequence are correlated between dimensions of large primes.
"""

from collections.abc import Iterator

from shared.study.design import Points
from shared.study.points import BLOCK, sequence


def points(dimensions: int, seed: int) -> Iterator[Points]:
    """Endless points, in blocks."""
    # As in `shared.study.sobol`.
    from scipy.stats import qmc

    drawn = qmc.Halton(dimensions, scramble=True, rng=seed)
    while True:
        yield drawn.random(BLOCK)


METHOD = sequence(points, "The first `count` points of a scrambled Halton sequence.")
