"""Coordinates that the scaling of windows writes: without rounding errors, and otherwise as computed."""

from collections.abc import Sequence

import pytest

from shared.energyplus.measures.noise import without_noise


@pytest.mark.parametrize(
    ("computed", "written"),
    [
        ((0.1 + 0.2, 49.910000000000004), (0.3, 49.91)),
        ((-1e-16, 1.0), (0.0, 1.0)),
        ((8.477938173266004, 0.5), (8.477938173266, 0.5)),
        # One that is near a decimal number by chance.
        ((0.1 + 0.2, 1 / 3), (0.1 + 0.2, 1 / 3)),
        ((0.30000000000001, 1.0), (0.30000000000001, 1.0)),
        # Far from the origin, numbers have fewer decimals.
        ((12345.678000000002, 0.3), (12345.678, 0.3)),
    ],
)
def test_rounding_errors_are_taken_away(computed: Sequence[float], written: Sequence[float]) -> None:
    assert without_noise(computed) == list(written)
