"""Designs for sensitivity indices have the structure that their analyses rely on."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from tests.unit.designs import drawn, listed, points, seeds

THIRDS = [0, 1 / 3, 2 / 3, 1]


def published(dimensions: int, number: int, seed: int, *, second_order: bool) -> list[tuple[float, ...]]:
    """Saltelli et al. 2010, with loops: the matrices A, B, AB_j and BA_j, in blocks of one row of each."""
    base = qmc.Sobol(2 * dimensions, scramble=True, rng=seed).random(number).tolist()
    rows = []
    for row in base:
        a, b = row[:dimensions], row[dimensions:]
        rows.append(tuple(a))
        rows += [(*a[:j], b[j], *a[j + 1 :]) for j in range(dimensions)]
        if second_order:
            rows += [(*b[:j], a[j], *b[j + 1 :]) for j in range(dimensions)]
        rows.append(tuple(b))
    return rows


@given(st.integers(1, 5), st.sampled_from([1, 2, 64, 256, 2048]), seeds, st.booleans())
@settings(max_examples=30, deadline=None)
def test_saltellis_design_is_as_published(dimensions: int, number: int, seed: int, second_order: bool) -> None:
    made = points("saltelli", dimensions, number, seed, second_order=second_order)

    assert made == published(dimensions, number, seed, second_order=second_order)
    assert len(made) == number * ((2 * dimensions if second_order else dimensions) + 2)


def test_saltellis_design_gives_the_indices_of_a_function_whose_indices_are_known() -> None:
    """First-order indices of Ishigami's function (a = 7, b = 0.1) are 0.314, 0.442 and 0."""
    x = np.array(points("saltelli", 3, 4096, 1)) * 2 * np.pi - np.pi
    y = (np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])).reshape(-1, 5)
    a, b = y[:, 0], y[:, 4]

    first = [float(np.mean(b * (y[:, 1 + j] - a)) / np.var(np.concatenate([a, b]))) for j in range(3)]

    assert first == pytest.approx([0.314, 0.442, 0], abs=0.03)


@given(st.integers(1, 6), st.integers(1, 200), seeds)
@settings(max_examples=40, deadline=None)
def test_a_trajectory_changes_each_factor_once_by_two_thirds(dimensions: int, number: int, seed: int) -> None:
    made = points("morris", dimensions, number, seed)

    assert len(made) == number * (dimensions + 1)
    assert {place for row in made for place in row} <= set(THIRDS)
    for start in range(0, len(made), dimensions + 1):
        trajectory = made[start : start + dimensions + 1]
        changed: list[int] = []
        for before, after in pairwise(trajectory):
            steps = {j: after[j] - before[j] for j in range(dimensions) if after[j] != before[j]}
            assert [abs(step) for step in steps.values()] == pytest.approx([2 / 3])
            changed += steps
        assert sorted(changed) == list(range(dimensions))


def test_levels_orders_and_directions_of_trajectories_are_equally_likely() -> None:
    made = np.array(points("morris", 2, 2000, 4)).reshape(-1, 3, 2)

    levels = [float(np.mean(np.isclose(made, level))) for level in THIRDS]
    assert levels == pytest.approx([0.25] * 4, abs=0.02)
    is_first, rises = made[:, 1, 0] != made[:, 0, 0], made[:, 2, 0] > made[:, 0, 0]
    assert [is_first.mean(), rises.mean()] == pytest.approx([0.5, 0.5], abs=0.04)


@pytest.mark.parametrize("number", [2, 3, 4, 5, 7])
def test_every_step_of_a_trajectory_takes_another_value_of_a_list(number: int) -> None:
    made = drawn("morris", [listed("v", *range(number))], 40, seed=1)

    assert all(a["v"] != b["v"] for a, b in zip(made[::2], made[1::2], strict=True))
