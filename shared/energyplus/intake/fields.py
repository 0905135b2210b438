"""Check of the fields of a model against the schema of its engine: type, range, choices, and what is required.

EnergyPlus ends at a value that its schema does not allow, and at an object without a required field or with another
one's name (tried with 25.2); a study of a thousand runs should not start.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.findings import Finding, suggestion
from shared.energyplus.formats.epjson import EpJsonObject
from shared.energyplus.formats.field_rule import FieldRule
from shared.energyplus.formats.idf import SHOWN_CHARACTERS, IdfObject
from shared.energyplus.intake.class_rules import ClassRules, class_rules
from shared.energyplus.intake.references import ReferenceCheck

#: ExpandObjects reads these classes, and EnergyPlus does not.
EXPANDED = "hvactemplate:"
#: A simulation of a year replaces these, so that their names do not matter.
REPLACED = "RunPeriod"


class FieldCheck:
    """Checks one object after the other, all of one model."""

    def __init__(self, schema: EpJSONSchema, references: ReferenceCheck | None = None) -> None:
        self._schema = schema
        self._names: dict[str, set[str]] = {}
        self._references = references

    def findings(self, item: IdfObject | EpJsonObject) -> Iterator[Finding]:
        """What EnergyPlus would refuse about the object; nothing about a class that it does not have."""
        # EnergyPlus knows a class in an IDF whatever its case, in epJSON by its exact name.
        known = self._schema.resolve_type_name(item.class_name) if isinstance(item, IdfObject) else item.class_name
        rules = class_rules(self._schema, known) if known else None
        if rules is None or rules.class_name.lower().startswith(EXPANDED):
            return
        if self._references:
            self._references.note(item, rules)
        of_fields = _of_idf(item, rules) if isinstance(item, IdfObject) else _of_epjson(item, rules)
        for said in chain(self._twice(item, rules), of_fields):
            yield Finding(f"{item.shown}: {said}", item.line)

    def _twice(self, item: IdfObject | EpJsonObject, rules: ClassRules) -> Iterator[str]:
        names = self._names.setdefault(rules.class_name, set())
        # Names that differ in case only are two names where EnergyPlus reads the file.
        name = item.name.strip() if rules.has_name and rules.class_name != REPLACED else ""
        if rules.is_unique and names:
            yield "a model has one object of this class only"
        elif name and name in names:
            yield "another object of this class has the same name"
        names.add(name)


def _of_idf(item: IdfObject, rules: ClassRules) -> Iterator[str]:
    for position, field in enumerate(item.fields):
        rule = rules.at(position)
        if rule is None:
            return
        if field.text and (reason := rule.refusal(field.text)):
            yield f"{rule.name}: {reason}"
    given = {rule.name for rule, field in zip(rules.fixed, item.fields, strict=False) if field.text}
    yield from _lacking(given, rules)


def _of_epjson(item: EpJsonObject, rules: ClassRules) -> Iterator[str]:
    by_name = {rule.name: rule for rule in rules.fixed}
    for name, value in item.fields.items():
        if name == rules.list_name and isinstance(value, list):
            in_group = {rule.name: rule for rule in rules.repeated}
            for number, group in enumerate(value, start=1):
                for inner, of_group in group.items():
                    yield from _of_field(inner, of_group, in_group, f"{name} {number}: ")
        else:
            yield from _of_field(name, value, by_name, "")
    given = {name for name, value in item.fields.items() if value != ""}
    yield from _lacking(given, rules)


def _of_field(name: str, value: Any, rules: Mapping[str, FieldRule], place: str) -> Iterator[str]:
    rule = rules.get(name)
    shown = name[:SHOWN_CHARACTERS]
    if rule is None:
        # idf_order and idf_max_fields are no fields: EnergyPlus's converter from IDF writes them.
        if not name.startswith("idf_"):
            yield f"{place}there is no field {shown!r}{suggestion(name, rules, most=1)}"
    elif isinstance(value, bool | list | dict) or value is None:
        yield f"{place}{shown}: {value!r:.60} is neither a number nor a text"
    elif isinstance(value, str) and rule.takes_numbers and not rule.takes_texts and value.strip():
        yield f"{place}{shown}: {value[:SHOWN_CHARACTERS]!r} is a text, and the field takes numbers"
    elif reason := rule.refusal(value):
        yield f"{place}{shown}: {reason}"


def _lacking(given: set[str], rules: ClassRules) -> Iterator[str]:
    for name in sorted(rules.required - given):
        yield f"{name} is required, and has no value"
