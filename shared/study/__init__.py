"""Sampling methods: which values of the parameters each variant of a simulation has.

Pure functions that import nothing else of EPSM. One module per method; a method is registered here and nowhere else.
"""

from shared.study import grid, one_at_a_time
from shared.study.design import Factor, SamplingMethod, Variant

__all__ = ["DEFAULT_METHOD", "METHODS", "Factor", "SamplingMethod", "Variant"]

#: Sampling methods by the name that a submission gives; the API offers and documents exactly these.
METHODS: dict[str, SamplingMethod] = {
    "grid": grid.METHOD,
    "one_at_a_time": one_at_a_time.METHOD,
}
DEFAULT_METHOD = "grid"
