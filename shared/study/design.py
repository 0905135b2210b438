"""Input and output types of every sampling method."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: Values by parameter name. A parameter that is missing keeps its value in the model.
Variant = Mapping[str, float | str]
#: Numbers from 0 to 1: a row for each variant, a column for each factor.
Points = NDArray[np.float64]


class TableRows(Protocol):
    """The rows of a table: their number is known, and they can be read more than once."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Variant]: ...


@dataclass(frozen=True, slots=True)
class Varied:
    """One parameter that is varied: a list of values, or a range from low to high."""

    name: str
    values: Sequence[float | str] = ()
    range: tuple[float, float] | None = None

    def at(self, places: NDArray[np.float64]) -> list[float | str]:
        """Returns the values at places from 0 to 1: value floor(place x number) of a list, linear in a range."""
        if self.range is None:
            last = len(self.values) - 1
            indices = np.minimum((places * len(self.values)).astype(np.int64), last)
            return [self.values[index] for index in indices.tolist()]
        low, high = self.range
        inside = np.minimum(low + places * (high - low), high)
        found: list[float | str] = np.where(places >= 1, high, inside).tolist()
        return found


@dataclass(frozen=True, slots=True)
class Factor:
    """One dimension of a design: a parameter, or the parameters of a group, which move together."""

    members: tuple[Varied, ...]

    @property
    def size(self) -> int:
        """The number of values of its lists, which is the same for all lists of a group; 0 with ranges only."""
        return max(len(member.values) for member in self.members)

    @property
    def has_range(self) -> bool:
        """Whether a parameter has a range instead of a list of values."""
        return any(member.range for member in self.members)

    def levels(self, of_a_range: int | None = None) -> Iterator[Variant]:
        """Yields the values of the lists in their order; a range has `of_a_range` equally spaced ones."""
        number = self.size or of_a_range or 0
        # NumPy's own spacing, because multiples of a rounded step miss whole numbers.
        columns = {
            member.name: np.linspace(*member.range, number).tolist() if member.range else member.values
            for member in self.members
        }
        for index in range(number):
            yield {name: values[index] for name, values in columns.items()}


@dataclass(frozen=True, slots=True)
class Options:
    """What a submission says about its design; what it leaves out is None. A seed is drawn before a design is."""

    count: int | None = None
    seed: int | None = None
    rows: TableRows | None = None
    second_order: bool = False


@dataclass(frozen=True, slots=True)
class DesignFault:
    """Why a method cannot make the design: the field at fault, of the parameter `parameter` or of the sampling."""

    field: str
    message: str
    parameter: str | None = None


def no_faults(_factors: Sequence[Factor], _options: Options) -> Iterator[DesignFault]:
    """Yields nothing: the method needs no check of its own."""
    yield from ()


def none_kept(_options: Options) -> None:
    """Returns None: a larger design has no relation to this one."""


@dataclass(frozen=True, slots=True)
class SamplingMethod:
    """A sampling method: `count` gives the number of variants without creating them, `draw` the variants in order."""

    count: Callable[[Sequence[Factor], Options], int]
    draw: Callable[[Sequence[Factor], Options], Iterator[Variant]]
    #: Description for users, in one sentence.
    text: str
    #: The options that it uses; others are refused.
    uses: frozenset[str] = frozenset()
    #: What a parameter may have; the others are refused.
    takes: frozenset[str] = frozenset({"values"})
    needs_parameters: bool = True
    #: Why it cannot make a design; `shared.study.check` has the checks of all methods.
    check: Callable[[Sequence[Factor], Options], Iterator[DesignFault]] = no_faults
    #: Which larger designs begin with all rows of this one, as a sentence for users; None when none does.
    enlarging: Callable[[Options], str | None] = none_kept
