"""Names for objects that are added to a model."""

from collections.abc import Container

from shared.energyplus.building.fields import key
from shared.energyplus.formats.field_text import FORBIDDEN

#: EnergyPlus compares no more characters of a name in some of its tables.
NAME_CHARACTERS = 80


def free_name(wanted: str, taken: Container[str]) -> str:
    """A name that a field can hold and no object has; `taken` are keys."""
    plain = FORBIDDEN.sub(" ", wanted).strip()[:NAME_CHARACTERS] or "Unnamed"
    name, number = plain, 1
    while key(name) in taken:
        number += 1
        name = f"{plain} #{number}"
    return name
