"""Sampling method: every combination of all values, the last factor varying fastest.

Without factors there is one variant, the unchanged model. `count` is the number of levels of each range.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

from shared.study.design import DesignFault, Factor, Options, SamplingMethod, Variant


def count(factors: Sequence[Factor], options: Options) -> int:
    """Number of variants: the product of the numbers of values."""
    return prod(factor.size or options.count or 0 for factor in factors)


def draw(factors: Sequence[Factor], options: Options) -> Iterator[Variant]:
    """The combinations, each with a value of every factor."""
    for levels in product(*(list(factor.levels(options.count)) for factor in factors)):
        yield {name: value for level in levels for name, value in level.items()}


def _check(factors: Sequence[Factor], options: Options) -> Iterator[DesignFault]:
    ranged = [factor for factor in factors if factor.has_range]
    if options.count is None:
        for factor in ranged:
            for member in factor.members:
                if member.range:
                    said = "a grid needs values, or sampling.count, the number of levels of each range"
                    yield DesignFault("range", said, member.name)
    elif not ranged:
        yield DesignFault("count", "is the number of levels of each range, and no parameter has a range")
    elif options.count < 2:
        yield DesignFault("count", "must be at least 2: the levels of a range include both ends")
    else:
        for factor in ranged:
            if factor.size not in (0, options.count):
                said = f"has {factor.size} values, and the range of its group {options.count} levels (sampling.count)"
                yield DesignFault("values", said, next(member.name for member in factor.members if member.values))


def _enlarging(options: Options) -> str | None:
    if options.count is None:
        return None
    return f"{2 * options.count - 1} levels of each range keep these rows; each of their numbers may be another."


METHOD = SamplingMethod(
    count,
    draw,
    "Every combination of all values of all parameters; a range has `count` equally spaced levels, both ends included.",
    uses=frozenset({"count"}),
    takes=frozenset({"values", "range"}),
    needs_parameters=False,
    check=_check,
    enlarging=_enlarging,
)
