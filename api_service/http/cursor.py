"""Opaque cursors for keyset paging: a cursor holds the key of the last item, so that new rows do not shift pages."""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from api_service.http.fields import is_number, is_plain, read_time
from api_service.http.problem import Fault, Problem, invalid

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list; `next_cursor` is None on the last page."""

    items: Sequence[Item]
    next_cursor: str | None


def encode(kind: str, *key: object) -> str:
    """Returns the cursor for the items after `key` in a list of `kind`."""
    words = [item.isoformat() if isinstance(item, datetime) else item for item in key]
    plain = json.dumps([kind, *words], default=str, separators=(",", ":"))
    return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def decode(cursor: str, kind: str, *types: type) -> tuple[Any, ...]:
    """Returns the key in a cursor, converted to `types`. Raises Problem when it is not a cursor of a list of `kind`."""
    try:
        plain = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found, *words = json.loads(plain)
        key = tuple(_read(word, type_) for word, type_ in zip(words, types, strict=True))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise _broken() from None
    if found != kind:
        raise _broken()
    return key


def page(rows: Sequence[Item], limit: int) -> tuple[Sequence[Item], bool]:
    """Returns the first `limit` rows and whether there are more; `rows` must be queried with a limit of `limit + 1`."""
    return rows[:limit], len(rows) > limit


def sift(rows: Iterable[Any], limit: int, most: int) -> tuple[Sequence[Any], Any]:
    """Returns up to `limit` of the rows whose column `wanted` is true, and the row after which the next page begins.

    `rows` must be queried with a limit of `most`. When nothing is left to look at, None is returned for that row.
    """
    rows = list(rows)
    wanted = [row for row in rows if row.wanted]
    if len(wanted) > limit:
        return wanted[:limit], wanted[limit - 1]
    return wanted, rows[-1] if len(rows) == most else None


def _broken() -> Problem:
    return invalid([Fault("cursor", "is not a cursor of this list")])


def _read(word: Any, type_: type) -> Any:
    if type_ is datetime:
        return read_time(word)
    if type_ is UUID:
        return UUID(word)
    if type_ is str:
        return _plain(word)
    if type_ is float:
        return _finite(word)
    if not isinstance(word, int) or isinstance(word, bool) or not -(2**31) <= word < 2**31:
        raise ValueError(word)
    return word


def _plain(word: Any) -> str:
    if not isinstance(word, str) or not is_plain(word):
        raise ValueError(word)
    return word


def _finite(word: Any) -> float:
    if not is_number(word):
        raise ValueError(word)
    return float(word)
