"""Sampling method: Saltelli's design for Sobol indices (Saltelli 2002; Saltelli et al. 2010).

Row i of a scrambled Sobol sequence in 2k dimensions gives a point of A and one of B, and a block of runs: A, AB_1 to
AB_k (A with coordinate j of B), with `second_order` BA_1 to BA_k (B with coordinate j of A), and B. SALib's
`sample.sobol` has the same order.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from shared.study import sobol
from shared.study.design import DesignFault, Factor, Options, Points, SamplingMethod, Variant
from shared.study.points import TAKES, USES, check_count, variants

#: Rows of A and B that are expanded at once: 50 factors make 5,100 runs from 50 of them.
CHUNK = 64


def count(factors: Sequence[Factor], options: Options) -> int:
    """Number of variants: N (k + 2), with `second_order` N (2k + 2)."""
    return (options.count or 0) * _block_rows(len(factors), options.second_order)


def draw(factors: Sequence[Factor], options: Options) -> Iterator[Variant]:
    """The variants, block after block."""
    return variants(factors, _blocks(len(factors), options))


def _blocks(dimensions: int, options: Options) -> Iterator[Points]:
    left = options.count or 0
    for block in sobol.points(2 * dimensions, options.seed or 0):
        for chunk in block.reshape(-1, CHUNK, 2 * dimensions):
            yield _expanded(chunk[:left], options.second_order)
            left -= CHUNK
            if left <= 0:
                return


def _expanded(pairs: Points, second_order: bool) -> Points:
    dimensions = pairs.shape[1] // 2
    a, b = pairs[:, None, :dimensions], pairs[:, None, dimensions:]
    swapped = np.eye(dimensions, dtype=bool)
    parts = [a, np.where(swapped, b, a), *([np.where(swapped, a, b)] if second_order else []), b]
    return np.concatenate(parts, axis=1).reshape(-1, dimensions)


def _block_rows(dimensions: int, second_order: bool) -> int:
    return 2 * dimensions + 2 if second_order else dimensions + 2


def _check(factors: Sequence[Factor], options: Options) -> Iterator[DesignFault]:
    yield from check_count(factors, options)
    yield from sobol.check_dimensions(2 * len(factors))
    if options.count is not None and options.count & (options.count - 1):
        below = 1 << options.count.bit_length() - 1
        yield DesignFault("count", f"must be a power of 2, such as {below} or {2 * below}")


def _enlarging(options: Options) -> str:
    number = options.count or 0
    return f"The counts {2 * number}, {4 * number} and so on with the seed {options.seed} keep these rows."


METHOD = SamplingMethod(
    count,
    draw,
    "Saltelli's design for Sobol indices: with k parameters `count` x (k + 2) runs, with `second_order` "
    "`count` x (2k + 2); `count` is a power of 2.",
    USES | {"second_order"},
    TAKES,
    check=_check,
    enlarging=_enlarging,
)
