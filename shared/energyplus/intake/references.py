"""Names by which a model's objects refer to objects that it does not have.

EnergyPlus decides what follows, and only when it reads the object: mostly it ends, sometimes it warns, and a field that
it does not use does not matter. So these are warnings.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.energyplus.findings import Finding, suggestion
from shared.energyplus.formats.epjson import EpJsonObject
from shared.energyplus.formats.idf import SHOWN_CHARACTERS, IdfObject
from shared.energyplus.intake.class_rules import ClassRules

#: What EnergyPlus knows without an object of the model.
BUILT_IN = frozenset({"water", "steam", "air", "none", "*"})


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
        #: The names in each of the schema's lists, as written, by their lower case.
        self._names: dict[str, dict[str, str]] = {}
        # A model has few different names, whatever the number of its fields.
        self._references: dict[tuple[tuple[str, ...], str], Reference] = {}

    def note(self, item: IdfObject | EpJsonObject, rules: ClassRules) -> None:
        """Take note of the names that an object has, and of those that it refers to."""
        for rule, text in rules.texts(item):
            name = text.strip()
            for names in rule.provides:
                self._names.setdefault(names, {})[name.lower()] = name
            if rule.refers_to and (rule.refers_to, name.lower()) not in self._references:
                reference = Reference(item.shown, rule.name, name, item.line)
                self._references[rule.refers_to, name.lower()] = reference

    def warnings(self) -> Iterator[Finding]:
        """A warning for each name that no object has, in the order of the model."""
        for (lists, lower), reference in self._references.items():
            known = [self._names.get(names, {}) for names in lists]
            if lower not in BUILT_IN and not any(lower in names for names in known):
                alike = suggestion(reference.name, (name for names in known for name in names.values()))
                message = f"{reference.shown}: {reference.field}: the model has no object"
                yield Finding(f"{message} {reference.name[:SHOWN_CHARACTERS]!r}{alike}", reference.line)
