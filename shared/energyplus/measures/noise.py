"""Numbers without the rounding errors of computing them.

EnergyPlus repeats its computations until they agree to some digits, so that a difference in the 16th digit of a
thickness can become one in the sixth of an energy. A measure that is undone must give the model's own number.
"""

from shared.energyplus.measures.scaling import SIGNIFICANT_DIGITS

#: Metres or m2K/W; and decimals of what people and programs write into models.
NOISE, DECIMALS = 1e-12, 9


def without_noise(value: float) -> float:
    """The number of a few decimals that the value nearly is, otherwise the value to 15 digits."""
    short = round(value, DECIMALS)
    return short if abs(value - short) < NOISE else float(f"{value:.{SIGNIFICANT_DIGITS}g}")
