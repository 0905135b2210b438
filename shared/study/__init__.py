"""Sampling methods: which values of the parameters each variant of a simulation has.

Pure functions that import nothing else of EPSM. One module per method; a method is registered here and nowhere else.
Only the API imports this package: what is drawn is stored.
"""

from shared.study import grid, halton, latin_hypercube, morris, one_at_a_time, random, saltelli, sobol, table
from shared.study.check import design_faults
from shared.study.design import DesignFault, Factor, Options, SamplingMethod, TableRows, Variant, Varied

__all__ = [
    "METHODS",
    "DesignFault",
    "Factor",
    "Options",
    "SamplingMethod",
    "TableRows",
    "Variant",
    "Varied",
    "design_faults",
]

#: Sampling methods by the name that a submission gives; the API offers and documents exactly these.
METHODS: dict[str, SamplingMethod] = {
    "grid": grid.METHOD,
    "one_at_a_time": one_at_a_time.METHOD,
    "table": table.METHOD,
    "random": random.METHOD,
    "latin_hypercube": latin_hypercube.METHOD,
    "sobol": sobol.METHOD,
    "halton": halton.METHOD,
    "saltelli": saltelli.METHOD,
    "morris": morris.METHOD,
}
