"""Numbers that a measure of the envelope writes: without rounding errors, and otherwise as computed."""

import pytest

from shared.energyplus.measures.noise import without_noise


@pytest.mark.parametrize(
    ("computed", "written"),
    [
        (0.1 + 0.2, 0.3),
        (0.23680000000000004, 0.2368),
        (49.910000000000004, 49.91),
        (-1e-16, 0.0),
        (0.0495494599433393, 0.0495494599433393),
        (0.04954945994333931, 0.0495494599433393),
        (1 / 3, 0.333333333333333),
        (5.5e-10, 5.5e-10),
    ],
)
def test_rounding_errors_are_taken_away(computed: float, written: float) -> None:
    assert without_noise(computed) == written
