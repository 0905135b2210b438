"""Classes of an engine's schema and their fields, for people who look them up."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.field_rule import FieldRule, field_rule
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.preparation.aim import resolve_class

#: The text of the schema about one class or field; some are whole pages.
MAX_TEXT_CHARACTERS = 2000


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """A field: its name in epJSON and in the IDD, and what values it takes; `default` is None without one.

    `refers_to` are the schema's lists of names, of which the value must be one.
    """

    name: str
    label: str
    rule: FieldRule
    is_required: bool
    default: float | str | None
    refers_to: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ClassDescription:
    """A class of objects; `repeated` are the fields of the group that an object may have many times."""

    name: str
    engine: str
    group: str
    text: str
    is_unique: bool
    fields: tuple[FieldDescription, ...]
    repeated: tuple[FieldDescription, ...]


def describe_class(engine: str, class_name: str) -> ClassDescription | None:
    """The class, in any case; None when the schema of the engine is not known here. Raises NoAim."""
    schema = schema_of(engine)
    return None if schema is None else _describe(schema, engine, resolve_class(schema, class_name))


@lru_cache(256)
def _describe(schema: EpJSONSchema, engine: str, class_name: str) -> ClassDescription:
    cache, described = schema.get_parsing_cache(class_name), schema.get_object_schema(class_name) or {}
    labels = {name: info["field_name"] for name, info in described.get("legacy_idd", {}).get("field_info", {}).items()}
    required = set(schema.get_required_fields(class_name))
    inner: Mapping[str, Any] = cache.ext_inner_props if cache else {}

    def describe(name: str, said: Mapping[str, Any]) -> FieldDescription:
        return FieldDescription(
            name,
            labels.get(name, ""),
            field_rule(schema, class_name, name),
            name in required or (name == "name" and bool(described.get("name", {}).get("is_required"))),
            said.get("default"),
            tuple(said.get("object_list", ())),
            str(said.get("note", ""))[:MAX_TEXT_CHARACTERS],
        )

    names = schema.get_all_field_names(class_name)
    return ClassDescription(
        class_name,
        engine,
        schema.get_group(class_name) or "",
        str(schema.get_object_memo(class_name) or "")[:MAX_TEXT_CHARACTERS],
        described.get("maxProperties") == 1,
        tuple(describe(name, schema.get_field_schema(class_name, name) or {}) for name in names),
        tuple(describe(name, inner.get(name, {})) for name in (cache.ext_field_names if cache else ())),
    )
