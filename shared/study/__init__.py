"""Designs of variants: which values of the parameters each run of a study has. Pure, imports nothing of ours.

One file a sampling method; a method is registered here and nowhere else.
"""

from shared.study import grid, one_at_a_time
from shared.study.design import Factor, SamplingMethod, Variant

__all__ = ["DEFAULT_METHOD", "METHODS", "Factor", "SamplingMethod", "Variant"]

#: By the name that a submission gives. Whoever offers methods to users offers these.
METHODS: dict[str, SamplingMethod] = {
    "grid": grid.METHOD,
    "one_at_a_time": one_at_a_time.METHOD,
}
DEFAULT_METHOD = "grid"
