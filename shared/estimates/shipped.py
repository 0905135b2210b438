"""The fit that an installation begins with; `make bench-estimate ARGS=--write` writes it from measured runs."""

import json
from pathlib import Path

from shared.estimates.regression import TERMS, Prior, Regression, stored

FILE = Path(__file__).with_name("shipped.json")


def _read() -> Regression:
    found = stored(json.loads(FILE.read_text(encoding="utf-8")))
    assert found is not None, f"{FILE} is of other terms"  # noqa: S101  (the package is incomplete)
    return found


SHIPPED = _read()
#: Machines differ by a factor of e, a costly calculation may double the time, and what a size costs differs less.
DEVIATIONS = {**dict.fromkeys(TERMS, 0.2), "constant": 1.0, "air_network": 0.7, "finite_differences": 0.7}
PRIOR = Prior(SHIPPED, DEVIATIONS, weight=10)
