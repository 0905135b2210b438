"""Input and output types of every sampling method."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Values by parameter name. A parameter that is missing keeps its value in the model.
Variant = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Factor:
    """One parameter that is varied: its name and the values it may take, at least one."""

    name: str
    values: Sequence[float | str]


@dataclass(frozen=True, slots=True)
class SamplingMethod:
    """A sampling method: `count` gives the number of variants without creating them, `draw` the variants in order."""

    count: Callable[[Sequence[Factor]], int]
    draw: Callable[[Sequence[Factor]], Iterator[Variant]]
    #: Description for users, in one sentence.
    text: str
