"""Models x weather files x variants: the runs of a submission, always in the same order. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from shared.state.submit import NewRun


@dataclass(frozen=True, slots=True)
class Model:
    """A checked model and the engine that can run it."""

    name: str
    engine: str


def count_runs(models: int, weather: int, parameters: Sequence[Mapping[str, Any]]) -> int:
    """How many runs there will be."""
    return models * weather * prod(len(parameter["values"]) for parameter in parameters)


def expand(
    models: Sequence[Model], weather: Sequence[str], parameters: Sequence[Mapping[str, Any]]
) -> Iterator[NewRun]:
    """One run per model, weather file and combination of values; the last parameter varies fastest."""
    names = [parameter["name"] for parameter in parameters]
    variants = [dict(zip(names, values, strict=True)) for values in product(*(p["values"] for p in parameters))]
    for model in models:
        for epw in weather:
            for variant in variants:
                yield NewRun(model=model.name, weather=epw, engine=model.engine, parameters=variant)
