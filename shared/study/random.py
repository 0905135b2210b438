"""Sampling method: independent points, uniform in each dimension."""

from collections.abc import Iterator

import numpy as np

from shared.study.design import Points
from shared.study.points import BLOCK, sequence


def points(dimensions: int, seed: int) -> Iterator[Points]:
    """Endless points, in blocks."""
    generator = np.random.default_rng(seed)
    while True:
        yield generator.random((BLOCK, dimensions))


METHOD = sequence(points, "`count` independent random points.")
