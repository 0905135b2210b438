"""Values of a model's fields as numbers and as keys."""

import math

from shared.energyplus.findings import reject
from shared.energyplus.formats.document import ModelObject, shown_name


def number(item: ModelObject, field: str) -> float | None:
    """A field's number; None for a blank one and for `autocalculate`. Raises Rejected when it is infinite."""
    value = as_number(item.get(field))
    if value is not None and not math.isfinite(value):
        raise reject(f"{shown_name(item)}: {field} is too large for a number")
    return value


def as_number(value: object) -> float | None:
    """A number, or None for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def key(name: object) -> str:
    """A name as EnergyPlus compares names: without regard to case."""
    return str(name or "").strip().upper()


def text(item: ModelObject, field: str) -> str:
    """A field's text; empty for a blank one."""
    return str(item.get(field) or "").strip()


def checked(item: ModelObject, value: float) -> float:
    """A computed area or volume. Raises Rejected when the object's numbers make none that JSON can say."""
    if not math.isfinite(value):
        raise reject(f"{shown_name(item)}: its numbers are too large for an area")
    return value
