"""From points of the unit cube to variants; shared by the methods that draw points."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from shared.study.design import DesignFault, Factor, Options, Points, SamplingMethod, Variant

Check = Callable[[Sequence[Factor], Options], Iterator[DesignFault]]
#: Points that are drawn at once. A power of 2, as Sobol's sequence needs; always the same number, so that the first
#: rows do not depend on how many follow.
BLOCK = 1024
USES = frozenset({"count", "seed"})
TAKES = frozenset({"values", "range"})


def variants(factors: Sequence[Factor], blocks: Iterable[Points]) -> Iterator[Variant]:
    """Yields a variant for each point of the blocks."""
    names = [member.name for factor in factors for member in factor.members]
    for block in blocks:
        columns = [member.at(block[:, n]) for n, factor in enumerate(factors) for member in factor.members]
        for row in zip(*columns, strict=True):
            yield dict(zip(names, row, strict=True))


def counted(_factors: Sequence[Factor], options: Options) -> int:
    """Number of variants: `count` as it is."""
    return options.count or 0


def check_count(_factors: Sequence[Factor], options: Options) -> Iterator[DesignFault]:
    """Yields a fault when there is no `count`."""
    if options.count is None:
        yield DesignFault("count", "is missing: this method needs it")


def sequence(points: Callable[[int, int], Iterator[Points]], text: str, check: Check = check_count) -> SamplingMethod:
    """Returns the method that takes the first `count` of endless points.

    `points` gets the number of dimensions and the seed, and yields blocks.
    """

    def draw(factors: Sequence[Factor], options: Options) -> Iterator[Variant]:
        blocks = points(len(factors), options.seed or 0)
        return islice(variants(factors, blocks), options.count)

    return SamplingMethod(counted, draw, text, USES, TAKES, check=check, enlarging=_any_larger)


def _any_larger(options: Options) -> str:
    return f"Every larger count with the seed {options.seed} keeps these rows."
