"""Field types and checks that several schemas need."""

import math
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

#: How the OpenAPI document describes a point in time (RFC 3339, UTC).
TIME = {"type": "string", "format": "date-time"}
#: Separators of the IDF syntax: a name that contains one of them could inject an object into the model.
IDF_SYNTAX = frozenset(",;!")
#: Categories of characters that a name may not have: controls, surrogates, and separators of lines and paragraphs.
NOT_PLAIN = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: Classes of characters that show the text after them in another order (Unicode Standard Annex 9): with them a name can
#: look like another one.
BIDIRECTIONAL = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


class Timestamp(fields.Field[datetime]):
    """A time in RFC 3339 format, in UTC with a Z; input without an offset is read as UTC."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        try:
            return read_time(value)
        except (TypeError, ValueError):
            raise ValidationError("must be a time like 2026-01-31T12:00:00Z") from None


def read_time(text: str) -> datetime:
    """Parses a time and converts it to UTC, because Postgres has fewer offsets than Python.

    Raises TypeError, ValueError.
    """
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(text) from None


class StrictBoolean(fields.Field[bool]):
    """JSON true or false; strings and numbers are refused."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("must be true or false")
        return value


class StrictInteger(fields.Field[int]):
    """A JSON number without a fraction."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("must be a whole number")
        return value


class StrictNumber(fields.Field[float]):
    """A JSON number; strings that look like one are refused."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if not is_number(value):
            raise ValidationError("must be a number")
        return float(value)


def is_number(value: object) -> bool:
    """Returns whether a value is a number that Postgres and EnergyPlus accept: finite, and not a boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def is_plain(text: str, *, multiline: bool = False) -> bool:
    """Returns whether a text has no control characters, surrogates or bidirectional controls.

    `multiline` allows line breaks and tabs.
    """
    allowed = "\n\r\t" if multiline else ""
    return not any(
        (unicodedata.category(c) in NOT_PLAIN or unicodedata.bidirectional(c) in BIDIRECTIONAL) and c not in allowed
        for c in text
    )


def plain_text(maximum: int, *, minimum: int = 0, multiline: bool = False) -> Callable[[str], None]:
    """Returns a validator for plain text of `minimum` to `maximum` characters."""

    def check(text: str) -> None:
        if not minimum <= len(text) <= maximum:
            raise ValidationError(f"must be {minimum} to {maximum} characters long")
        if not is_plain(text, multiline=multiline):
            raise ValidationError("must not contain control characters, or change the direction of what follows")

    return check


def idf_name(text: str) -> None:
    """Validates a name that is written into an IDF. Raises ValidationError."""
    plain_text(200, minimum=1)(text)
    if found := sorted(IDF_SYNTAX.intersection(text)):
        raise ValidationError(f"must not contain {' '.join(found)}")
