"""Sampling method: every combination of all values, the last factor varying fastest.

Without factors there is one variant, the unchanged model.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from shared.study.design import Factor, SamplingMethod, Variant


def count(factors: Sequence[Factor]) -> int:
    """Number of variants: the product of the numbers of values."""
    return prod(len(factor.values) for factor in factors)


def draw(factors: Sequence[Factor]) -> Iterator[Variant]:
    """The combinations, each with a value of every factor."""
    names = [factor.name for factor in factors]
    for values in product(*(factor.values for factor in factors)):
        yield dict(zip(names, values, strict=True))


METHOD = SamplingMethod(count, draw, "Every combination of all values of all parameters.")
