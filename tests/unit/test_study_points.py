"""Methods that draw points: they fill the space as they say, and a larger design begins with a smaller one."""

import json
import subprocess
import sys
import tracemalloc
from collections import Counter
from itertools import islice

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from shared.study import METHODS, Options
from shared.study.latin_hypercube import odd_part
from tests.models import ROOT
from tests.unit.designs import DRAWING, FROZEN, cube, drawn, frozen, listed, points, seeds

SEQUENCES = ["random", "sobol", "halton"]


@given(st.sampled_from(SEQUENCES), st.integers(1, 4), seeds, st.integers(1, 1500), st.integers(1, 1500))
@settings(max_examples=60, deadline=None)
def test_a_longer_sequence_begins_with_a_shorter_one(name: str, dimensions: int, seed: int, a: int, b: int) -> None:
    few, many = sorted((a, b))

    assert points(name, dimensions, many, seed)[:few] == points(name, dimensions, few, seed)


@given(st.integers(1, 4), seeds, st.integers(1, 60), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_a_latin_hypercube_of_twice_the_points_begins_with_it(
    dimensions: int, seed: int, count: int, doublings: int
) -> None:
    many = count * 2**doublings

    assert points("latin_hypercube", dimensions, many, seed)[:count] == points(
        "latin_hypercube", dimensions, count, seed
    )


@given(st.sampled_from(["saltelli", "morris"]), st.integers(1, 4), seeds, st.integers(0, 8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_larger_design_for_indices_begins_with_a_smaller_one(
    name: str, dimensions: int, seed: int, power: int, second_order: bool
) -> None:
    few = points(name, dimensions, 2**power, seed, second_order=second_order)

    assert points(name, dimensions, 2 ** (power + 1), seed, second_order=second_order)[: len(few)] == few


@given(st.sampled_from(sorted(DRAWING)), seeds)
@settings(max_examples=30, deadline=None)
def test_another_seed_draws_other_points(name: str, seed: int) -> None:
    assert points(name, 4, 64, seed) != points(name, 4, 64, seed + 1)


@given(st.integers(1, 5), seeds, st.integers(1, 700))
@settings(max_examples=60, deadline=None)
def test_each_stratum_of_a_latin_hypercube_has_one_point_in_every_dimension(
    dimensions: int, seed: int, count: int
) -> None:
    made = points("latin_hypercube", dimensions, count, seed)

    for column in zip(*made, strict=True):
        assert sorted(int(place * count) for place in column) == list(range(count))


def test_a_latin_hypercube_is_built_from_the_odd_part_of_its_count() -> None:
    assert [odd_part(number) for number in (1, 25, 64, 200, 400)] == [1, 25, 1, 25, 25]
    assert points("latin_hypercube", 2, 200, 1)[:25] == points("latin_hypercube", 2, 25, 1)
    assert points("latin_hypercube", 2, 300, 1)[:200] != points("latin_hypercube", 2, 200, 1)
    said = METHODS["latin_hypercube"].enlarging(Options(200, 1))
    assert said
    assert "400" in said
    assert "0 rows kept" in said


def test_columns_of_a_latin_hypercube_are_in_different_orders() -> None:
    first, second = (np.argsort(column) for column in zip(*points("latin_hypercube", 2, 64, 5), strict=True))

    assert list(first) != list(second)


def test_values_of_a_list_are_drawn_equally_often_from_a_latin_hypercube() -> None:
    made = drawn("latin_hypercube", [listed("v", "a", "b", "c", "d")], 40, seed=2)

    assert set(Counter(row["v"] for row in made).values()) == {10}


@pytest.mark.parametrize(("name", "engine"), [("sobol", qmc.Sobol), ("halton", qmc.Halton)])
def test_a_sequence_is_scipys_own(name: str, engine: type[qmc.QMCEngine]) -> None:
    expected = engine(3, scramble=True, rng=11).random(2048).tolist()

    assert points(name, 3, 2048, 11) == [tuple(row) for row in expected]


def test_drawn_values_are_those_of_earlier_releases() -> None:
    """A newer numpy or scipy that draws other points changes what a seed means: say so to users, then freeze anew."""
    assert frozen() == json.loads(FROZEN.read_text())


@pytest.mark.parametrize("name", sorted(DRAWING))
def test_a_design_is_not_in_memory_as_a_whole(name: str) -> None:
    factors = cube(3)
    method, options = METHODS[name], Options(2**13 if name in ("saltelli", "morris") else 2**15, 1)
    list(islice(method.draw(factors, Options(2, 1)), 2))
    tracemalloc.start()
    try:
        rows = sum(1 for _ in method.draw(factors, options))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert rows == method.count(factors, options)
    # The rows have 10 MB as dictionaries. A Latin hypercube has 1 MB of numbers in memory, and an order of its strata.
    assert peak < 4 * 1024**2


def test_scipy_is_imported_when_a_sequence_is_drawn_and_not_before() -> None:
    """It takes a second and 80 MB, which most processes never need."""
    program = "import sys, shared.study; sys.exit('scipy' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT).returncode == 0
