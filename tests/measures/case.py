"""One measure on some buildings: what is asked for, what must be printed, what must move, and what undoes it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import IntEnum
from pathlib import Path

from shared.energyplus.formats.document import Document, load
from shared.energyplus.measures.request import MeasureRequest
from tests.measures.nominal import Nominal, wrong
from tests.measures.simulate import Season, Simulated
from tests.models import ENGINE_VERSION

#: How far an end use may be from exactly proportional, and results from the baseline's when a measure was undone.
EXACT, RESTORED = 1e-6, 1e-9
#: Less than this is nothing: a pilot light that differs by nothing else.
NOTHING_JOULE = 1.0


class Sign(IntEnum):
    """Which way an end use moves; EITHER must move too."""

    LESS = -1
    EITHER = 0
    MORE = 1


@dataclass(frozen=True, slots=True)
class Case:
    """`value` is asked for and `inverse` undoes it, or what it computes from the model; None where no value does.

    `end_use` is the beginning of meters: `Heating:` is heating by all fuels. On the models that begin with one of
    `exact`, it is multiplied by the value exactly; on those that begin with one of `undone_on`, the way back is
    simulated too.
    """

    measure: str
    value: float
    inverse: float | Callable[[Document], float] | None
    nominal: Nominal
    end_use: str
    sign: Sign
    season: Season
    models: tuple[str, ...]
    exact: tuple[str, ...] = ()
    undone_on: tuple[str, ...] = ("",)
    options: Mapping[str, bool | float | str] = dataclass_field(default_factory=dict, hash=False)

    def request(self, value: float) -> MeasureRequest:
        """The measure with another value."""
        return MeasureRequest(self.measure, value, self.options)

    def undoing(self, model: Path) -> MeasureRequest | None:
        """What undoes the measure on a model that has it."""
        if self.inverse is None:
            return None
        value = self.inverse(load(model, ENGINE_VERSION)[0]) if callable(self.inverse) else self.inverse
        return self.request(value)


@dataclass(frozen=True, slots=True)
class Compared:
    """A building without and with the measure, and with the measure undone."""

    model: str
    case: Case
    before: Simulated
    after: Simulated
    undone: Simulated | None

    def faults(self) -> Iterator[str]:
        """What is not as it must be."""
        yield from wrong(self.case.nominal, self.before.directory, self.after.directory, self.case.value)
        change = self.change()
        if change * self.case.sign < 0 or abs(change) < EXACT:
            yield f"{self.case.end_use} changed by {change:+.3%}"
        if self.model.startswith(self.case.exact or ("no model",)) and abs(change + 1 - self.case.value) > EXACT:
            yield f"{self.case.end_use} changed by {change:+.6%}, not by the factor {self.case.value:g}"
        if self.undone is not None and (gap := self.gap()) > RESTORED:
            yield f"undone, the results differ from the baseline's by {gap:.1e}"

    def change(self) -> float:
        """By which share the end use changed."""
        return self.after.joule(self.case.end_use) / self.before.joule(self.case.end_use) - 1

    def gap(self) -> float:
        """The largest relative difference of a meter between the baseline and the measure undone."""
        assert self.undone is not None
        old, new = self.before.meters, self.undone.meters
        if old.keys() != new.keys():
            return float("inf")
        return max(abs(new[name] - joule) / max(abs(joule), NOTHING_JOULE) for name, joule in old.items())

    def first(self) -> tuple[str, str, int]:
        """The first printed nominal value before and after, and how many there are."""
        old, new = (self.case.nominal.read(run.directory) for run in (self.before, self.after))
        name = next(iter(old))
        return old[name], new[name], len(old)


def name_of(model: Path) -> str:
    """A DOE model's name without what all have in common: `SmallOffice (2004)`, `OfficeSmall (2019)`."""
    name = model.stem.rpartition("_")[0]
    if name.startswith("RefBldg"):
        return f"{name.removeprefix('RefBldg').removesuffix('New2004')} (2004)"
    return f"{name.removeprefix('ASHRAE901_').removesuffix('_STD2019')} (2019)"
