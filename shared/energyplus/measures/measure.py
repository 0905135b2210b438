"""Input and output types of every measure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from shared.energyplus.formats.document import Document, PreparationError

Options = Mapping[str, bool | float | str]

#: The unit of a value that multiplies what the model says: 1.5 is 50 % more.
FACTOR = "factor"


@dataclass(frozen=True, slots=True)
class Option:
    """A setting of a measure besides its value; `choices` is empty for a boolean or a number."""

    name: str
    text: str
    default: bool | float | str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What a measure did: `changed` has a line for each change, `left` one for each thing that it did not change.

    `left` also names what else acts on the same quantity, such as controls and EMS programs.
    """

    changed: tuple[str, ...]
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure; `low` and `high` are the sensible range of its value in `unit`, inclusive.

    `apply` changes the model to the value, or raises PreparationError (`refuse`) and says why it cannot; it never
    guesses, and a model to which it was applied in part is not used.
    """

    name: str
    text: str
    unit: str
    low: float
    high: float
    apply: Callable[[Document, float, Options], Applied]
    options: tuple[Option, ...] = ()

    @property
    def range_text(self) -> str:
        """The range with its unit, for messages and documents."""
        return f"{self.low:g} to {self.high:g} ({self.unit})"


def refuse(reason: str) -> NoReturn:
    """Raise the error of a measure that cannot be done on this model; `reason` is for the user and names the object."""
    raise PreparationError("measure_refused", reason)
