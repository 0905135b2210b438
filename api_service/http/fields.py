"""Field types and checks that several schemas need."""

import math
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

#: How the OpenAPI document describes a point in time (RFC 3339, UTC).
TIME = {"type": "string", "format": "date-time"}
#: Characters that end or begin something in an IDF: with one of them a name could smuggle in an object.
IDF_SYNTAX = frozenset(",;!")


class Timestamp(fields.Field[datetime]):
    """RFC 3339 in UTC with a Z; what comes in without an offset is taken for UTC."""

    def _serialize(self, value: datetime | None, *_: Any, **__: Any) -> str | None:
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        try:
            return read_time(value)
        except (TypeError, ValueError):
            raise ValidationError("must be a time like 2026-01-31T12:00:00Z") from None


def read_time(text: str) -> datetime:
    """The moment in UTC, because Postgres knows fewer offsets than Python. Raises TypeError, ValueError."""
    moment = datetime.fromisoformat(text)
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError(text) from None


class StrictBoolean(fields.Field[bool]):
    """JSON's true or false, nothing that merely looks like one."""

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
    """Whether it is a number that a database and an engine can take: finite, and not true or false."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def is_plain(text: str, *, multiline: bool = False) -> bool:
    """Whether a text has only characters that can be stored and shown."""
    allowed = "\n\r\t" if multiline else ""
    return not any(unicodedata.category(c) in ("Cc", "Cs") and c not in allowed for c in text)


def plain_text(maximum: int, *, minimum: int = 0, multiline: bool = False) -> Callable[[str], None]:
    """A check for text people write: its length, and no control characters."""

    def check(text: str) -> None:
        if not minimum <= len(text) <= maximum:
            raise ValidationError(f"must be {minimum} to {maximum} characters long")
        if not is_plain(text, multiline=multiline):
            raise ValidationError("must not contain control characters")

    return check


def idf_name(text: str) -> None:
    """A check for names that go into an IDF."""
    plain_text(200, minimum=1)(text)
    if found := sorted(IDF_SYNTAX.intersection(text)):
        raise ValidationError(f"must not contain {' '.join(found)}")
