"""Which model and which weather file each variant has, where parameters vary them. Pure."""

from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from api_service.http.uploads import composed
from shared.energyplus.modes import INPUT
from shared.enums import InputRole
from shared.spec import ParameterSpec
from shared.study import Variant


class Pair(NamedTuple):
    """A model and a weather file by name; None where no parameter varies it."""

    model: str | None = None
    weather: str | None = None

    def has(self, role: InputRole) -> bool:
        """Whether a parameter varies this input."""
        return self.of(role) is not None

    def of(self, role: InputRole) -> str | None:
        """Returns the name of the file of this role."""
        return self.model if role is InputRole.MODEL else self.weather


@dataclass(frozen=True, slots=True)
class ChosenInputs:
    """The inputs of all variants: `pairs` has each pair once.

    `numbers` has the place of each variant's pair there; None when all variants have the same.
    """

    pairs: tuple[Pair, ...] = (Pair(),)
    numbers: Sequence[int] | None = None

    def of(self, variant: int) -> Pair:
        """Returns what the variant of this number has."""
        return self.pairs[0 if self.numbers is None else self.numbers[variant]]

    def varies(self, role: InputRole) -> bool:
        """Whether a parameter varies this input, so that its files are not crossed with the variants."""
        return self.pairs[0].has(role)

    def used(self, models: Iterable[str], weather: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yields each model with each weather file with which at least one variant runs, models slowest."""
        pairs = set(self.pairs)
        by_model, by_weather = self.varies(InputRole.MODEL), self.varies(InputRole.WEATHER)
        for model in models:
            for epw in weather:
                if Pair(model if by_model else None, epw if by_weather else None) in pairs:
                    yield model, epw

    def count_runs(self, models: int, weather: int, variants: int, *, baseline: bool) -> int:
        """Returns the number of runs of a submission with so many models and weather files."""
        varied = {role for role in InputRole if self.varies(role)}
        return _crossed(varied, models, weather) * (variants + (len(self.pairs) if baseline else 0))


def count_crossed(parameters: Sequence[ParameterSpec], models: int, weather: int) -> int:
    """Returns with how many pairs of a model and a weather file each variant runs; no variant is drawn for it."""
    return _crossed({parameter.input for parameter in parameters if parameter.mode == INPUT}, models, weather)


def _crossed(varied: Container[str | None], models: int, weather: int) -> int:
    return (1 if InputRole.MODEL in varied else models) * (1 if InputRole.WEATHER in varied else weather)


#: No parameter varies an input.
CROSSED = ChosenInputs()


def choose_inputs(parameters: Sequence[ParameterSpec], variants: Iterable[Variant]) -> ChosenInputs:
    """Returns the inputs of the variants. A variant without a value, as of `one_at_a_time`, has the first value."""
    varied = {parameter.input: parameter for parameter in parameters if parameter.mode == INPUT}
    if not varied:
        return CROSSED
    model, weather = varied.get(InputRole.MODEL), varied.get(InputRole.WEATHER)
    places: dict[Pair, int] = {}
    numbers = array("I")
    for variant in variants:
        pair = Pair(_value(model, variant), _value(weather, variant))
        numbers.append(places.setdefault(pair, len(places)))
    return ChosenInputs(tuple(places), numbers)


def _value(parameter: ParameterSpec | None, variant: Variant) -> str | None:
    if parameter is None:
        return None
    value = variant[parameter.name] if parameter.name in variant else parameter.values[0]
    return composed(str(value))
