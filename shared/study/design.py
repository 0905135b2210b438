"""What every sampling method takes and gives."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Values by the name of their parameter. A parameter that is not there stays as the model has it.
Variant = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Factor:
    """One parameter that is varied: its name and the values it may take, at least one."""

    name: str
    values: Sequence[float | str]


@dataclass(frozen=True, slots=True)
class SamplingMethod:
    """A sampling method: how many variants it makes of factors, without making them, and the variants in order."""

    count: Callable[[Sequence[Factor]], int]
    draw: Callable[[Sequence[Factor]], Iterator[Variant]]
    #: For users, in one sentence.
    text: str
