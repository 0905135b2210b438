"""What EnergyPlus sizes for the changed model."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.building.fields import key
from shared.energyplus.formats.document import Document

AUTOSIZE = "AUTOSIZE"


@lru_cache(1024)
def _sized_fields(schema: EpJSONSchema, class_name: str) -> Mapping[str, Any]:
    """The fields that may be autosized, with their defaults."""
    if schema.get_object_schema(class_name) is None:
        return {}
    described = {
        name: schema.get_field_schema(class_name, name) or {} for name in schema.get_all_field_names(class_name)
    }
    return {name: field.get("default") for name, field in described.items() if "anyOf" in field}


def _is_autosized(value: object, default: object) -> bool:
    return key(default if value is None else value) == AUTOSIZE


def resized(document: Document) -> list[str]:
    """A line that says how many objects EnergyPlus sizes anew; none where all sizes are given."""
    count = sum(
        any(_is_autosized(item.get(name), default) for name, default in fields.items())
        for class_name in document.classes()
        if (fields := _sized_fields(document.schema, class_name))
        for item in document.objects(class_name)
    )
    if not count:
        return []
    objects = "object" if count == 1 else "objects"
    return [f"Sizing: EnergyPlus sizes {count} {objects} with autosized fields for the changed model"]
