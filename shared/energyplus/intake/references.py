"""Names by which a model's objects refer to objects that it does not have.

EnergyPlus decides what follows, and only when it reads the object: mostly it ends, sometimes it warns, and a field that
it does not use does not matter. So these are warnings, which only a preview has.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.energyplus.findings import Finding, suggestion
from shared.energyplus.formats.epjson import EpJsonObject
from shared.energyplus.formats.idf import SHOWN_CHARACTERS, IdfObject
from shared.energyplus.intake.class_rules import ClassRules

#: What EnergyPlus knows without an object of the model.
BUILT_IN = frozenset({"water", "steam", "air", "none", "*"})
#: Names in lists that EnergyPlus has names of its own for.
NOT_CHECKED = frozenset({"ColorSchemes"})
#: Each zone without a space has one of its name, and one with spaces may have one for the rest of its surfaces.
SPACES, ZONES, REST = "SpaceNames", "ZoneNames", "-remainder"
#: The DOE models have up to 10,000. Bounds memory: a model with more names gets no warnings.
MAX_NAMES = 100_000
#: Names of a list that a wrong one is compared with, for each warning; a longer list has no nearest name.
MAX_COMPARED = 1000


@dataclass(frozen=True, slots=True)
class Reference:
    """A field with the name of an object, where the name is used first."""

    shown: str
    field: str
    name: str
    line: int | None


class ReferenceCheck:
    """Takes note of one object after the other, all of one model."""

    def __init__(self) -> None:
        #: The names in some of the schema's lists, as written, by their lower case.
        self._names: dict[tuple[str, ...], dict[str, str]] = {}
        # A model has few different names, whatever the number of its fields.
        self._references: dict[tuple[tuple[str, ...], str], Reference] = {}
        self._left = MAX_NAMES

    def note(self, item: IdfObject | EpJsonObject, rules: ClassRules) -> None:
        """Take note of the names that an object has, and of those that it refers to."""
        for rule, text in rules.texts(item):
            name = text.strip()
            if not name or not (rule.provides or rule.refers_to) or self._left <= 0:
                continue
            lower = name.lower()
            if rule.provides:
                self._names.setdefault(rule.provides, {})[lower] = name
                self._left -= 1
            if rule.refers_to and (rule.refers_to, lower) not in self._references:
                self._references[rule.refers_to, lower] = Reference(item.shown, rule.name, name, item.line)
                self._left -= 1

    def warnings(self) -> Iterator[Finding]:
        """A warning for each name that no object has, in the order of the model."""
        known: dict[tuple[str, ...], Sequence[dict[str, str]]] = {}
        for (lists, lower), reference in self._references.items() if self._left > 0 else ():
            if lower in BUILT_IN or not NOT_CHECKED.isdisjoint(lists):
                continue
            if lists not in known:
                known[lists] = self._known(lists)
            place = lower.removesuffix(REST) if SPACES in lists else lower
            if not any(place in names for names in known[lists]):
                alike = _alike(reference.name, known[lists])
                message = f"{reference.shown}: {reference.field}: the model has no object"
                yield Finding(f"{message} {reference.name[:SHOWN_CHARACTERS]!r}{alike}", reference.line)

    def _known(self, lists: tuple[str, ...]) -> Sequence[dict[str, str]]:
        wanted = {*lists, ZONES} if SPACES in lists else set(lists)
        return [names for of_lists, names in self._names.items() if not wanted.isdisjoint(of_lists)]


def _alike(name: str, known: Sequence[dict[str, str]]) -> str:
    if sum(map(len, known)) > MAX_COMPARED:
        return ""
    return suggestion(name, (written for names in known for written in names.values()))
