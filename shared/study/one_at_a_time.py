"""Sampling method: each variant sets one factor to one of its values and leaves the others as in the model."""

from collections.abc import Iterator, Sequence

from shared.study.design import Factor, Options, SamplingMethod, Variant


def count(factors: Sequence[Factor], _options: Options) -> int:
    """Number of variants: the sum of the numbers of values."""
    return sum(factor.size for factor in factors)


def draw(factors: Sequence[Factor], _options: Options) -> Iterator[Variant]:
    """The variants: every value of the first factor, then of the next; each sets one factor only."""
    for factor in factors:
        yield from factor.levels()


METHOD = SamplingMethod(count, draw, "One parameter at a time, the others as the model has them.")
