"""Sampling method: the scrambled sequence of Sobol, as scipy has it (Owen 1998; Joe and Kuo 2008)."""

from collections.abc import Iterator, Sequence

from shared.study.design import DesignFault, Factor, Options, Points
from shared.study.points import BLOCK, check_count, sequence

#: Dimensions for which scipy has direction numbers.
MAX_DIMENSIONS = 21_201


def points(dimensions: int, seed: int) -> Iterator[Points]:
    """Endless points, in blocks."""
    # Takes a second and 80 MB, so only processes that draw such a design import it.
    from scipy.stats import qmc

    drawn = qmc.Sobol(dimensions, scramble=True, rng=seed)
    while True:
        yield drawn.random(BLOCK)


def check_dimensions(dimensions: int) -> Iterator[DesignFault]:
    """Yields a fault when the sequence has fewer dimensions than are needed."""
    if dimensions > MAX_DIMENSIONS:
        said = f"needs {dimensions} dimensions, and Sobol's sequence has at most {MAX_DIMENSIONS}"
        yield DesignFault("method", said)


def _check(factors: Sequence[Factor], options: Options) -> Iterator[DesignFault]:
    yield from check_count(factors, options)
    yield from check_dimensions(len(factors))


METHOD = sequence(points, "The first `count` points of a scrambled Sobol sequence, best a power of 2.", _check)
