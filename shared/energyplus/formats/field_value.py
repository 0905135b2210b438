"""Check of users' values for fields, by the field's type and choices."""

import math
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.field_text import refused_text

SIZED = ("autosize", "autocalculate")


def field_value(schema: EpJSONSchema, class_name: str, field: str, value: object) -> float | str:
    """The value as the field takes it. Raises ValueError with the reason when it does not."""
    described: dict[str, Any] = schema.get_field_schema(class_name, field) or {}
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"{value!r} is neither a number nor a text")  # noqa: TRY004  (one kind of refusal)
    if isinstance(value, str) and (reason := refused_text(value)):
        raise ValueError(reason)
    kind = schema.get_field_type(class_name, field)
    if kind in ("number", "integer"):
        return _number(described, value, whole=kind == "integer")
    choices = [str(choice) for choice in described.get("enum", ())]
    if choices and str(value).strip().lower() not in (choice.lower() for choice in choices):
        raise ValueError(f"{value!r} is none of {', '.join(filter(None, choices))}")
    return str(value).strip()


def _number(described: dict[str, Any], value: float | str, *, whole: bool) -> float | str:
    if isinstance(value, str) and value.strip().lower() in SIZED and "anyOf" in described:
        return value.strip()
    try:
        number = value if isinstance(value, int) else float(value)
    except ValueError:
        raise ValueError(f"{value!r} is no number") from None
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no finite number")
    if whole and number != int(number):
        raise ValueError(f"{value!r} is no whole number")
    return int(number) if whole else number
