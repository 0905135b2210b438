"""The estimate of a dry run: how long one of its runs takes, and all of them. Pure."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.energyplus.preparation.features import ModelFeatures
from shared.estimates.duration import Duration, Quantiles, run_quantiles, total_quantiles
from shared.estimates.regression import Regression


class Basis(StrEnum):
    """What an estimate rests on."""

    HISTORY = "history"
    MODEL_FEATURES = "model_features"


@dataclass(frozen=True, slots=True)
class EstimatedModel:
    """A model of a submission: its hash, the engine that would run it, and what of it takes time."""

    sha256: str
    engine: str
    features: ModelFeatures


@dataclass(frozen=True, slots=True)
class LikeRun:
    """A run that has succeeded: its engine, what of its model took time, and its seconds."""

    engine: str
    features: ModelFeatures
    seconds: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds of a run, and of all runs on the slots there are; None where no worker would take one of them.

    Half of such estimates of a run are off by no more than `error_percent`.
    """

    run_seconds: Quantiles
    total_seconds: Quantiles | None
    basis: Basis
    error_percent: int


def estimate(
    models: Sequence[EstimatedModel],
    runs: int,
    history: Mapping[str, Sequence[LikeRun]],
    regression: Regression,
    slots: Mapping[str, int],
) -> Estimate | None:
    """Returns the estimate for `runs` runs, as many of each model; None without models.

    `history` has runs by hash of the model, `slots` how many runs of an engine are executed at once.
    """
    if not models:
        return None
    durations: list[Duration] = []
    by_engine: dict[str, list[tuple[float, Duration]]] = defaultdict(list)
    known = 0
    for model in models:
        like = [run.seconds for run in history.get(model.sha256, ()) if _is_like(model, run)]
        duration = regression.duration(model.features).after(like)
        known += bool(like)
        durations.append(duration)
        by_engine[model.engine].append((runs / len(models), duration))
    return Estimate(
        run_seconds=run_quantiles(durations),
        total_seconds=_total(by_engine, slots) if runs else None,
        basis=Basis.HISTORY if known == len(models) else Basis.MODEL_FEATURES,
        error_percent=max(duration.error_percent for duration in durations),
    )


def _is_like(model: EstimatedModel, run: LikeRun) -> bool:
    """Whether the run simulated the same period, with the same engine."""
    mine, its = model.features, run.features
    same = (its.days, its.environments, its.steps_per_hour) == (mine.days, mine.environments, mine.steps_per_hour)
    return same and run.engine == model.engine


def _total(by_engine: Mapping[str, Sequence[tuple[float, Duration]]], slots: Mapping[str, int]) -> Quantiles | None:
    """Engines work at the same time, each on slots of its own."""
    if any(not slots.get(engine) for engine in by_engine):
        return None
    totals = [total_quantiles(parts, _used(parts, slots[engine])) for engine, parts in by_engine.items()]
    return Quantiles(max(total.p50 for total in totals), max(total.p90 for total in totals))


def _used(parts: Sequence[tuple[float, Duration]], slots: int) -> float:
    """How many slots are busy on average: in the last round, some may be idle."""
    runs = sum(count for count, _ in parts)
    return runs / math.ceil(runs / slots)
