"""The corners of the space of the parameters: every combination of each one's first and last value."""

from collections.abc import Iterator, Sequence

from shared.study.design import Factor, SamplingMethod, Variant
from shared.study.grid import METHOD as GRID


def count(factors: Sequence[Factor]) -> int:
    """Two for each factor with more than one value, multiplied."""
    return GRID.count(_ends(factors))


def draw(factors: Sequence[Factor]) -> Iterator[Variant]:
    """As a grid of the first and last values."""
    return GRID.draw(_ends(factors))


def _ends(factors: Sequence[Factor]) -> list[Factor]:
    return [Factor(factor.name, [*factor.values[:1], *factor.values[1:][-1:]]) for factor in factors]


METHOD = SamplingMethod(count, draw, "Every combination of the first and last values.")
