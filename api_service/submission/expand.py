"""Models x weather files x variants: the runs of a submission, always in the same order. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api_service.submission.chosen_inputs import CROSSED, ChosenInputs
from shared.enums import InputRole
from shared.spec import ParameterSpec, SamplingSpec
from shared.state.copied_runs import NewRun
from shared.study import METHODS, Factor, Options, TableRows, Variant, Varied


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A checked model and the engine that can run it."""

    name: str
    engine: str


def count_variants(parameters: Sequence[ParameterSpec], sampling: SamplingSpec, rows: TableRows | None = None) -> int:
    """Returns the number of variants, without generating them; `rows` are those of a table."""
    return METHODS[sampling.method].count(factors_of(parameters), options_of(sampling, rows))


def draw(
    parameters: Sequence[ParameterSpec], sampling: SamplingSpec, rows: TableRows | None = None
) -> Iterator[Variant]:
    """Yields the variants of a submission, each with the values of its parameters; `rows` are those of a table."""
    return METHODS[sampling.method].draw(factors_of(parameters), options_of(sampling, rows))


def enlarging(sampling: SamplingSpec) -> str | None:
    """Returns which larger designs begin with all variants of this one, as a sentence; None when none does."""
    return METHODS[sampling.method].enlarging(options_of(sampling, None))


def expand(
    models: Sequence[CheckedModel],
    weather: Sequence[str],
    variants: int | None,
    chosen: ChosenInputs = CROSSED,
    *,
    baseline: bool = False,
) -> Iterator[NewRun]:
    """Yields one run per model, weather file and variant; variants vary fastest, models slowest.

    `variants` is their number in the design; without a design each model is run as it is. Of an input that is `chosen`
    by the variants, each has its own file. With `baseline` one run of each model as it is and each weather file that
    it runs with comes before them all.
    """
    engines = {model.name: model.engine for model in models}
    if variants is None or baseline:
        yield from (NewRun(model, epw, engines[model]) for model, epw in chosen.used(engines, weather))
    for crossed_model in [""] if chosen.varies(InputRole.MODEL) else engines:
        for crossed_weather in [""] if chosen.varies(InputRole.WEATHER) else weather:
            for variant in range(variants or 0):
                pair = chosen.of(variant)
                model = pair.model or crossed_model
                yield NewRun(model, pair.weather or crossed_weather, engines[model], variant)


def factors_of(parameters: Sequence[ParameterSpec]) -> list[Factor]:
    """Returns the dimensions of the design, in the order of their first parameters."""
    grouped: dict[tuple[str, str], list[Varied]] = {}
    for parameter in parameters:
        key = ("group", parameter.group) if parameter.group else ("parameter", parameter.name)
        grouped.setdefault(key, []).append(Varied(parameter.name, parameter.values, parameter.range))
    return [Factor(tuple(members)) for members in grouped.values()]


def options_of(sampling: SamplingSpec, rows: TableRows | None) -> Options:
    """Returns the options of the design; `rows` are those of a table."""
    return Options(sampling.count, sampling.seed, rows, sampling.second_order)
