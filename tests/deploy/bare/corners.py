"""The corners of the space of the parameters: every combination of each one's first and last value."""

from collections.abc import Iterator, Sequence

from shared.study.design import Factor, Options, SamplingMethod, Variant, Varied
from shared.study.grid import METHOD as GRID


def count(factors: Sequence[Factor], options: Options) -> int:
    """Two for each factor with more than one value, multiplied."""
    return GRID.count(_ends(factors), options)


def draw(factors: Sequence[Factor], options: Options) -> Iterator[Variant]:
    """As a grid of the first and last values."""
    return GRID.draw(_ends(factors), options)


def _ends(factors: Sequence[Factor]) -> list[Factor]:
    return [Factor(tuple(map(_end, factor.members))) for factor in factors]


def _end(varied: Varied) -> Varied:
    return Varied(varied.name, [*varied.values[:1], *varied.values[1:][-1:]])


METHOD = SamplingMethod(count, draw, "Every combination of the first and last values.")
