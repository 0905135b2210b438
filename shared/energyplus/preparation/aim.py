"""Which objects and which field of a model a parameter is about.

A class, field or object that does not exist is answered with the nearest names.
"""

import fnmatch
import re
from collections.abc import Sequence
from dataclasses import dataclass

from idfkit.schema import EpJSONSchema

from shared.energyplus.building.placing import Placing
from shared.energyplus.building.surfaces import RECTANGLES
from shared.energyplus.findings import suggestion
from shared.energyplus.formats.document import Document, ModelObject, snake_case
from shared.errors import RefusedInput

SHOWN_CHARACTERS = 60
NORTH_AXIS = ("Building", "north_axis")


class NoAim(RefusedInput):
    """There is no such class, field or object; `part` is which: "object", "field" or "match"."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part = part


@dataclass(frozen=True, slots=True)
class Aim:
    """At least one object of a class, and a field of it by its name in epJSON."""

    class_name: str
    field: str
    items: Sequence[ModelObject]


def aim_at(document: Document, class_name: str, pattern: str, field: str) -> Aim:
    """The objects of a class whose names match, `*` standing for any text, and the field. Raises NoAim."""
    schema = document.schema
    known = resolve_class(schema, class_name)
    found = resolve_field(schema, known, field)
    items = document.objects(known)
    matching = [item for item in items if matches(pattern, item.name)]
    if (known, found) == NORTH_AXIS and _is_in_world_coordinates(document):
        raise NoAim(
            "field", "Building: north_axis has no effect, because coordinate_system of GlobalGeometryRules is World"
        )
    if not matching:
        names = (item.name for item in items)
        raise NoAim("match", f"The model has no {known} named '{_cut(pattern)}'{suggestion(pattern, names)}")
    return Aim(known, found, matching)


def _is_in_world_coordinates(document: Document) -> bool:
    """Whether no surface of the model is turned by the building's north axis, as EnergyPlus warns."""
    placing = Placing.of(document)
    has_turned_rectangles = placing.are_rectangles_relative and not document.classes().isdisjoint(RECTANGLES)
    return bool(document.objects("GlobalGeometryRules")) and not (placing.is_relative or has_turned_rectangles)


def resolve_class(schema: EpJSONSchema, class_name: str) -> str:
    """The class as the schema spells it. Raises NoAim."""
    known = schema.resolve_type_name(class_name)
    if known is None:
        said = f"There is no EnergyPlus class '{_cut(class_name)}'{suggestion(class_name, schema.object_types)}"
        raise NoAim("object", said)
    return known


def resolve_field(schema: EpJSONSchema, class_name: str, named: str) -> str:
    """The field by its name in epJSON, from that or the IDD's. Raises NoAim."""
    field = snake_case(named)
    if field == "name":
        raise NoAim("field", f"{class_name}: an object's name is no parameter")
    known = schema.get_all_field_names(class_name)
    # Until version 22 "Watts per Floor Area" was called "Watts per Zone Floor Area", and so in many a file's comments.
    found = [f for f in (field, field.replace("_per_zone_floor_area", "_per_floor_area")) if f in known]
    if not found:
        raise NoAim("field", f"{class_name} has no field '{_cut(named)}'{suggestion(field, known)}")
    return found[0]


def matches(pattern: str, name: str) -> bool:
    """Whether a name matches in any case. Only `*` is special: names hold brackets and question marks of their own."""
    literal = re.sub(r"[\[?]", lambda found: f"[{found.group()}]", pattern)
    return fnmatch.fnmatchcase(name.lower(), literal.lower())


def _cut(text: str) -> str:
    return text[:SHOWN_CHARACTERS]
