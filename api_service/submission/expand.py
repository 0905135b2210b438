"""Models x weather files x variants: the runs of a submission, always in the same order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.spec import ParameterSpec, SamplingSpec
from shared.state.copied_runs import NewRun
from shared.study import METHODS, Factor, Variant


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A checked model and the engine that can run it."""

    name: str
    engine: str


def count_variants(parameters: Sequence[ParameterSpec], sampling: SamplingSpec) -> int:
    """Returns the number of variants, without generating them."""
    return METHODS[sampling.method].count(_factors(parameters))


def draw(parameters: Sequence[ParameterSpec], sampling: SamplingSpec) -> Iterator[Variant]:
    """Yields the variants of a submission, each with the values of its parameters."""
    return METHODS[sampling.method].draw(_factors(parameters))


def expand(models: Sequence[CheckedModel], weather: Sequence[str], variants: int | None) -> Iterator[NewRun]:
    """Yields one run per model, weather file and variant; variants vary fastest, models slowest.

    `variants` is their number in the design; without a design each model is run as it is.
    """
    for model in models:
        for epw in weather:
            for variant in (None,) if variants is None else range(variants):
                yield NewRun(model.name, epw, model.engine, variant)


def _factors(parameters: Sequence[ParameterSpec]) -> list[Factor]:
    return [Factor(parameter.name, parameter.values) for parameter in parameters]
