"""Durations that are not known yet, as log-normal distributions: quantiles, what like runs teach, and sums."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()
P50, P90 = 0.5, 0.9
#: Halvings of an interval of e^60; fewer would do for three digits.
HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Seconds that are exceeded in half of all cases, and in one of ten."""

    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class Duration:
    """The duration of one kind of run, in logarithms of seconds.

    `bias` is how far the median may be off, as a standard deviation; it is the same for all runs of this kind. `spread`
    is that of one run from another.
    """

    log_median: float
    bias: float
    spread: float

    @property
    def mean(self) -> float:
        """Mean seconds of a run, if the median is right."""
        return math.exp(self.log_median + self.spread**2 / 2)

    @property
    def error_percent(self) -> int:
        """Half of the runs take no more than this share longer, or are as much faster."""
        return round(100 * math.expm1(_NORMAL.inv_cdf(0.75) * math.hypot(self.bias, self.spread)))

    def after(self, seconds: Sequence[float]) -> "Duration":
        """What is known after like runs took these seconds: with each, what was assumed before counts less."""
        if not seconds:
            return self
        mean = sum(map(math.log, seconds)) / len(seconds)
        if not self.bias:
            return self
        assumed, measured = self.bias**-2, len(seconds) / self.spread**2
        log_median = (assumed * self.log_median + measured * mean) / (assumed + measured)
        return Duration(log_median, (assumed + measured) ** -0.5, self.spread)


def run_quantiles(kinds: Sequence[Duration]) -> Quantiles:
    """Quantiles of a run that is of any of these kinds, with the same chance."""

    def quantile(share: float) -> float:
        low, high = -30.0, 30.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            below = sum(_NORMAL.cdf((middle - d.log_median) / math.hypot(d.bias, d.spread)) for d in kinds)
            low, high = (middle, high) if below < share * len(kinds) else (low, middle)
        return math.exp(high)

    return Quantiles(quantile(P50), quantile(P90))


def total_quantiles(parts: Sequence[tuple[float, Duration]], slots: float) -> Quantiles:
    """Quantiles of the time until all runs have ended: (how many, of which kind), `slots` at a time on average.

    A part of a run is one that has begun.
    """
    runs = sum(count for count, _ in parts)
    work = sum(count * kind.mean for count, kind in parts)
    if not work:
        return Quantiles(0.0, 0.0)
    bias = sum(count * kind.mean * kind.bias for count, kind in parts) / work
    variance = sum(count * kind.mean**2 * math.expm1(kind.spread**2) for count, kind in parts)
    # Less than one run on each slot is no faster than one run.
    p50 = work / min(slots, max(runs, 1.0))
    return Quantiles(p50, p50 * math.exp(_NORMAL.inv_cdf(P90) * math.hypot(bias, math.sqrt(variance) / work)))
