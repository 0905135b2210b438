"""A field multiplied by a measure's factor."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from shared.energyplus.building.fields import as_number
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.measure import Applied, refuse

#: One less than a double holds, so that a factor and its inverse give back what the model said.
SIGNIFICANT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Scaled:
    """What became of a field, in a line; `is_done` is false where a factor other than 1 did not move its value."""

    line: str
    is_done: bool


def scale(document: Document, item: ModelObject, field: str, factor: float, *, most: float = math.inf) -> Scaled:
    """Multiply a field, or EnergyPlus's default where it is blank. Raises PreparationError.

    The result is not above `most`, unless it was before.
    """
    before = stated(document, item, field)
    wanted = float(f"{before * factor:.{SIGNIFICANT_DIGITS}g}")
    after = min(wanted, max(most, before))
    if after == before and factor != 1:
        return Scaled(f"{shown_name(item)}: {field} stays {before:.12g}, the most that it can be", is_done=False)
    item.set(field, after)
    line = f"{shown_name(item)}: {field} changed from {before:.12g} to {after:.12g}"
    return Scaled(
        line if after == wanted else f"{line}, the most that it can be, instead of {wanted:.12g}", is_done=True
    )


def gather(done: Iterable[Scaled], left: Iterable[str] = ()) -> Applied:
    """All fields that were multiplied; those that did not move are left. Raises PreparationError where none moved."""
    fields = list(done)
    changed = tuple(field.line for field in fields if field.is_done)
    stayed = (*(field.line for field in fields if not field.is_done), *left)
    if not changed:
        refuse(f"nothing to multiply: {'; '.join(stayed[:3])}")
    return Applied(changed, stayed)


def stated(document: Document, item: ModelObject, field: str) -> float:
    """A field's number, or EnergyPlus's default where it is blank. Raises PreparationError where there is none."""
    value = item.get(field)
    if value is None:
        value = (document.schema.get_field_schema(item.class_name, field) or {}).get("default")
    number = as_number(value)
    if number is None or not math.isfinite(number):
        refuse(f"{shown_name(item)}: {field} is {value or 'empty'}, which cannot be multiplied")
    return number


def objects_of(document: Document, classes: Iterable[str]) -> list[ModelObject]:
    """All objects of some classes, class by class."""
    return [item for class_name in classes for item in document.objects(class_name)]
