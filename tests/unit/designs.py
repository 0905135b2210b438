"""Factors and options for tests of sampling methods; `python -m tests.unit.designs` writes the frozen rows anew."""

import json
from itertools import islice
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from shared.study import METHODS, Factor, Options, Varied

FROZEN = Path(__file__).with_name("frozen_designs.json")
#: Methods with `count` and `seed`, and a valid count.
DRAWING = {"random": 5, "latin_hypercube": 12, "sobol": 5, "halton": 5, "saltelli": 2, "morris": 2}

seeds = st.integers(0, 2**53 - 1)
values = st.lists(st.integers(0, 99), min_size=1, max_size=4)
ranges = st.tuples(st.integers(-5, 5), st.integers(6, 9)).map(lambda ends: (float(ends[0]), float(ends[1])))


def listed(name: str, *given: float | str) -> Factor:
    """A factor that is one parameter with a list of values."""
    return Factor((Varied(name, given),))


def ranged(name: str, low: float = 0, high: float = 1) -> Factor:
    """A factor that is one parameter with a range."""
    return Factor((Varied(name, range=(low, high)),))


def cube(dimensions: int) -> list[Factor]:
    """Factors whose values are the coordinates of points from 0 to 1."""
    return [ranged(f"x{number}") for number in range(dimensions)]


def drawn(name: str, factors: list[Factor], count: int | None = None, **options: Any) -> list[dict[str, Any]]:
    """The variants of a design, in order."""
    return [dict(variant) for variant in METHODS[name].draw(factors, Options(count=count, **options))]


def points(name: str, dimensions: int, count: int, seed: int, **options: Any) -> list[tuple[float, ...]]:
    """The points of a design of the unit cube."""
    return [tuple(row.values()) for row in drawn(name, cube(dimensions), count, seed=seed, **options)]


def frozen() -> dict[str, list[dict[str, Any]]]:
    """The first rows of each method that draws."""
    factors = [ranged("width", 0.1, 0.3), listed("kind", "a", "b", "c"), ranged("angle", -90, 90)]
    return {name: list(islice(drawn(name, factors, count, seed=7), 6)) for name, count in DRAWING.items()}


if __name__ == "__main__":
    FROZEN.write_text(json.dumps(frozen(), indent=1) + "\n")
