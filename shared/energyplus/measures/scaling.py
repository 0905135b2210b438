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
    """What became of a field, in a line; `is_done` is false for one that stays, whatever the factor.

    `largest` is the largest factor that the field can have, where it was asked for a larger one.
    """

    line: str
    is_done: bool = True
    largest: float | None = None


def scale(document: Document, item: ModelObject, field: str, factor: float, *, most: float = math.inf) -> Scaled:
    """Multiply a field, or EnergyPlus's default where it is blank. Raises PreparationError.

    Above `most` nothing is changed, and the whole measure is for `gather` to refuse; what a model has already may stay.
    """
    before = stated(document, item, field)
    after = float(f"{before * factor:.{SIGNIFICANT_DIGITS}g}")
    limit = max(most, before)
    if after > limit:
        line = (
            f"{shown_name(item)}: {field} would change from {before:.12g} to {after:.12g}, and {limit:.12g} is the most"
        )
        return Scaled(line, largest=limit / before)
    item.set(field, after)
    return Scaled(f"{shown_name(item)}: {field} changed from {before:.12g} to {after:.12g}")


def gather(done: Iterable[Scaled], left: Iterable[str] = ()) -> Applied:
    """All fields that were multiplied; those that stay are left.

    Raises PreparationError where one cannot have the factor, with the largest that all can have, and where none moved.
    """
    fields = list(done)
    beyond = [(field.largest, field.line) for field in fields if field.largest is not None]
    if beyond:
        largest, line = min(beyond)
        # Rounded down, so that the printed factor itself can be had.
        refuse(f"{line}; the largest factor that the model can have is {math.floor(largest * 1e4) / 1e4:g}")
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
