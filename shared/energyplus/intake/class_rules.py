"""What EnergyPlus's schema says about the fields of a class, in IDF and epJSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.epjson import EpJsonObject
from shared.energyplus.formats.field_rule import FieldRule, field_rule
from shared.energyplus.formats.idf import IdfObject


@dataclass(frozen=True, slots=True)
class ClassRules:
    """The fields of a class in the order of an IDF: the fixed ones, then the group of those that repeat."""

    class_name: str
    fixed: tuple[FieldRule, ...]
    repeated: tuple[FieldRule, ...]
    required: frozenset[str]
    has_name: bool
    is_unique: bool
    #: Field of epJSON that lists the repeated groups.
    list_name: str

    def at(self, position: int) -> FieldRule | None:
        """The rule of an IDF's field; None behind the last."""
        if position < len(self.fixed):
            return self.fixed[position]
        return self.repeated[(position - len(self.fixed)) % len(self.repeated)] if self.repeated else None

    def texts(self, item: IdfObject | EpJsonObject) -> Iterator[tuple[FieldRule, str]]:
        """The fields of an object that have a text, with the name where the class has one."""
        if isinstance(item, IdfObject):
            for position, field in enumerate(item.fields):
                if field.text and (rule := self.at(position)):
                    yield rule, field.text
            return
        if self.has_name and item.name:
            yield self.fixed[0], item.name
        of_fields = {rule.name: rule for rule in self.fixed}
        of_groups = {rule.name: rule for rule in self.repeated}
        groups: Any = item.fields.get(self.list_name)
        inner = chain.from_iterable(group.items() for group in groups) if isinstance(groups, list) else ()
        for rules, values in ((of_fields, item.fields.items()), (of_groups, inner)):
            for name, value in values:
                if isinstance(value, str) and value and name in rules:
                    yield rules[name], value


@lru_cache(2048)
def class_rules(schema: EpJSONSchema, class_name: str) -> ClassRules | None:
    """The rules of a class; None for one that the schema does not have."""
    cache, described = schema.get_parsing_cache(class_name), schema.get_object_schema(class_name)
    if cache is None or described is None:
        return None
    names = [*schema.get_all_field_names(class_name)]
    if cache.has_name and "name" not in names:
        names.insert(0, "name")
    required = frozenset(schema.get_required_fields(class_name)) & set(names)
    return ClassRules(
        class_name,
        tuple(field_rule(schema, class_name, name) for name in names),
        tuple(field_rule(schema, class_name, name) for name in cache.ext_field_names),
        required - {cache.ext_wrapper_key},
        cache.has_name,
        described.get("maxProperties") == 1,
        cache.ext_wrapper_key or "",
    )
