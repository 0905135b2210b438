"""Coordinates without the rounding errors of computing them.

EnergyPlus repeats its computations until they agree to some digits, so that a difference in the 16th digit of a
coordinate can become one in the fifth of an energy. Windows that are scaled and scaled back must be the model's own.
"""

from collections.abc import Sequence

#: Some units of the last digit that a floating-point number of metres has, as a share of the largest coordinate.
NOISE = 1e-15
#: What people and programs write into models.
DECIMALS = (9, 12)


def without_noise(values: Sequence[float]) -> list[float]:
    """The decimal numbers that all values together nearly are, otherwise the values.

    One coordinate may come near a decimal number by chance, all of a window do not.
    """
    noise = NOISE * max(1.0, *map(abs, values))
    for decimals in DECIMALS:
        short = [round(value, decimals) for value in values]
        if all(abs(value - own) <= noise for value, own in zip(values, short, strict=True)):
            return short
    return list(values)
