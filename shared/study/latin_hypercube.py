"""Sampling method: Latin hypercube (McKay, Beckman and Conover 1979), built by doubling.

In every dimension each of `count` equal strata holds one point. The design of the odd part of `count` is drawn first,
25 for 200; each doubling halves the strata, and draws a point for every half that is empty (a nested Latin hypercube,
Qian 2009). So the design of twice the points begins with all points of this one. The points are in memory, 8 bytes for
each number.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from shared.study.design import Factor, Options, Points, SamplingMethod, Variant
from shared.study.points import BLOCK, TAKES, USES, check_count, counted, variants

#: Distance of a point from the ends of its stratum, as a share of the stratum: rounding moves none to another stratum.
MARGIN = 2.0**-20


def draw(factors: Sequence[Factor], options: Options) -> Iterator[Variant]:
    """The variants; each doubling is drawn when its first is needed."""
    return variants(factors, _blocks(len(factors), options.count or 0, options.seed or 0))


def _blocks(dimensions: int, number: int, seed: int) -> Iterator[Points]:
    generator = np.random.default_rng(seed)
    drawn = np.empty((number, dimensions))
    begin, end = 0, odd_part(number)
    while begin < number:
        for column in drawn.T:
            column[begin:end] = _fill(generator, column[:begin], end)
        yield from (drawn[start : min(start + BLOCK, end)] for start in range(begin, end, BLOCK))
        begin, end = end, 2 * end


def _fill(generator: np.random.Generator, drawn: NDArray[np.float64], strata: int) -> NDArray[np.float64]:
    """Returns a point for each of the strata that no drawn point is in, in random order."""
    is_empty = np.ones(strata, dtype=bool)
    is_empty[(drawn * strata).astype(np.int64)] = False
    empty = generator.permutation(np.flatnonzero(is_empty))
    return (empty + MARGIN + (1 - 2 * MARGIN) * generator.random(len(empty))) / strata


def odd_part(number: int) -> int:
    """Returns the number without its factors of 2."""
    return number // (number & -number)


def _enlarging(options: Options) -> str:
    number = options.count or 0
    return (
        f"The counts {2 * number}, {4 * number}, {8 * number} and so on with the seed {options.seed} keep these rows; "
        "any other count is drawn anew: 0 rows kept."
    )


METHOD = SamplingMethod(
    counted,
    draw,
    "`count` points of which each `count`-th part of every range has one; to enlarge it, double `count`.",
    USES,
    TAKES,
    check=check_count,
    enlarging=_enlarging,
)
