"""Durations of models never seen: a regression of the logarithm of seconds over what a model has.

Ridge regression: coefficients are drawn to those of an earlier fit, more strongly the fewer models there are. So an
installation begins with the shipped fit, and first learns how fast its machines are.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shared.energyplus.job import adapter
from shared.energyplus.preparation.features import ModelFeatures
from shared.estimates.duration import Duration
from shared.estimates.linear import Matrix, solve

#: Steps an hour times days.
STEPS_OF_A_MONTH = 120
#: Scale of the term of reported values: far below it they hardly count.
MANY_VALUES = 1_000_000
#: What the logarithm is linear in: logarithms of sizes, each 0 where a model has nothing of it.
TERMS: Mapping[str, Callable[[ModelFeatures], float]] = {
    "constant": lambda _: 1.0,
    "zones": lambda has: math.log1p(has.zones),
    "surfaces": lambda has: math.log1p(has.surfaces),
    "openings": lambda has: math.log1p(has.openings),
    "systems": lambda has: math.log1p(has.systems),
    "plant": lambda has: math.log1p(has.plant),
    # Below a month or so reading the model, sizing it and warming up take most of the time.
    "steps": lambda has: math.log1p(has.days * has.steps_per_hour / STEPS_OF_A_MONTH),
    "values": lambda has: math.log1p(has.series * has.days * 24 / MANY_VALUES),
    # No DOE model has one of these: the shipped fit says nothing about them, and an installation learns what they cost.
    "air_network": lambda has: float(has.air_network),
    "finite_differences": lambda has: float(has.finite_differences),
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Runs of one model with the same features: the mean logarithm of their seconds, how many, and their variance."""

    model: str
    features: ModelFeatures
    log_seconds: float
    runs: int = 1
    variance: float = 0.0


@dataclass(frozen=True, slots=True)
class Regression:
    """A fit. `coefficients` are by term; `bias` is the standard deviation of a model that was not in the fit, `spread`
    that of a run from another of the same model. `models` is how many the fit has, the shipped fit's not counted.
    """

    coefficients: Mapping[str, float]
    bias: float
    spread: float
    models: int = 0
    runs: int = 0

    @property
    def error_percent(self) -> int:
        """Of a run of a model that was not in the fit, as `Duration.error_percent`."""
        return Duration(0.0, self.bias, self.spread).error_percent

    def duration(self, features: ModelFeatures) -> Duration:
        """The duration of runs of a model that was not in the fit."""
        log = sum(self.coefficients[name] * term(features) for name, term in TERMS.items())
        return Duration(log, self.bias, self.spread)


def stored(fit: Mapping[str, Any]) -> Regression | None:
    """A fit as it is stored, in a file or in Postgres; None for one of another version, which has other terms."""
    try:
        read = adapter(Regression).validate_python(fit)
    except ValidationError:
        return None
    return read if read.coefficients.keys() == TERMS.keys() else None


@dataclass(frozen=True, slots=True)
class Prior:
    """What a fit starts from: by term, `deviations` say how far its coefficients may be from those of `regression`.

    Its own errors count as much as those of `weight` models.
    """

    regression: Regression
    deviations: Mapping[str, float]
    weight: float


@dataclass(slots=True)
class _Equations:
    """The normal equations of some samples: matrix and right side."""

    matrix: Matrix
    right: list[float]

    def plus(self, other: "_Equations", factor: float = 1.0) -> "_Equations":
        matrix = [
            [a + factor * b for a, b in zip(mine, theirs, strict=True)]
            for mine, theirs in zip(self.matrix, other.matrix, strict=True)
        ]
        return _Equations(matrix, [a + factor * b for a, b in zip(self.right, other.right, strict=True)])


def fit(samples: Iterable[Sample], prior: Prior) -> Regression:
    """Fit to samples; every model counts the same, however many of its runs there are."""
    by_model: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_model[sample.model].append(sample)
    equations = {model: _equations(of_model) for model, of_model in by_model.items()}
    everything = _prior_equations(prior)
    for of_one in equations.values():
        everything = everything.plus(of_one)
    errors = [
        _mean_square(solve(*_pair(everything.plus(equations[model], -1.0))), of_model)
        for model, of_model in by_model.items()
    ]
    return Regression(
        coefficients=dict(zip(TERMS, solve(*_pair(everything)), strict=True)),
        bias=math.sqrt((prior.weight * prior.regression.bias**2 + sum(errors)) / (prior.weight + len(errors))),
        spread=_spread(by_model, prior),
        models=len(by_model),
        runs=sum(sample.runs for of_model in by_model.values() for sample in of_model),
    )


def _pair(equations: _Equations) -> tuple[Matrix, list[float]]:
    return equations.matrix, equations.right


def _row(features: ModelFeatures) -> list[float]:
    return [term(features) for term in TERMS.values()]


def _equations(samples: Sequence[Sample]) -> _Equations:
    rows = [_row(sample.features) for sample in samples]
    size, weight = len(TERMS), 1 / len(samples)
    matrix = [[weight * sum(row[i] * row[j] for row in rows) for j in range(size)] for i in range(size)]
    right = [
        weight * sum(row[i] * sample.log_seconds for row, sample in zip(rows, samples, strict=True))
        for i in range(size)
    ]
    return _Equations(matrix, right)


def _prior_equations(prior: Prior) -> _Equations:
    size = len(TERMS)
    strengths = [(prior.regression.bias / prior.deviations[name]) ** 2 for name in TERMS]
    matrix = [[strengths[i] if i == j else 0.0 for j in range(size)] for i in range(size)]
    return _Equations(
        matrix, [s * prior.regression.coefficients[name] for s, name in zip(strengths, TERMS, strict=True)]
    )


def _mean_square(coefficients: Sequence[float], samples: Sequence[Sample]) -> float:
    errors = [
        sample.log_seconds - sum(c * value for c, value in zip(coefficients, _row(sample.features), strict=True))
        for sample in samples
    ]
    return sum(error**2 for error in errors) / len(errors)


def _spread(by_model: Mapping[str, Sequence[Sample]], prior: Prior) -> float:
    squares, weight = prior.weight * prior.regression.spread**2, prior.weight
    for samples in by_model.values():
        degrees = sum(sample.runs - 1 for sample in samples)
        if degrees:
            # A model with a thousand runs counts no more than ten models.
            counted = min(degrees, 10)
            squares += counted * sum((s.runs - 1) * s.variance for s in samples) / degrees
            weight += counted
    return math.sqrt(squares / weight)
