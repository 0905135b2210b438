"""A field multiplied by a measure's factor."""

import math
from collections.abc import Iterable

from shared.energyplus.building.fields import as_number, key
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.measure import refuse

#: One less than a double holds, so that a factor and its inverse give back what the model said.
SIGNIFICANT_DIGITS = 15


def scale(document: Document, item: ModelObject, field: str, factor: float, *, most: float = math.inf) -> str:
    """Multiply a field, or EnergyPlus's default where it is blank; the line of the change. Raises PreparationError.

    The result is not above `most`, unless it was before.
    """
    before = stated(document, item, field)
    wanted = float(f"{before * factor:.{SIGNIFICANT_DIGITS}g}")
    after = min(wanted, max(most, before))
    item.set(field, after)
    line = f"{shown_name(item)}: {field} changed from {before:.12g} to {after:.12g}"
    return line if after == wanted else f"{line}, the most that it can be, instead of {wanted:.12g}"


def stated(document: Document, item: ModelObject, field: str) -> float:
    """A field's number, or EnergyPlus's default where it is blank. Raises PreparationError where there is none."""
    value = item.get(field)
    if value is None:
        value = (document.schema.get_field_schema(item.class_name, field) or {}).get("default")
    number = as_number(value)
    if number is None or not math.isfinite(number):
        refuse(f"{shown_name(item)}: {field} is {value or 'empty'}, which cannot be multiplied")
    return number


def has(item: ModelObject, field: str, word: str) -> bool:
    """Whether a field holds this word, in any case."""
    return key(item.get(field)) == word.upper()


def objects_of(document: Document, classes: Iterable[str]) -> list[ModelObject]:
    """All objects of some classes, class by class."""
    return [item for class_name in classes for item in document.objects(class_name)]
