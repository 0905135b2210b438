"""Strict JSON decoder: refuses duplicate keys, and what the standard library accepts but Postgres does not."""

import json
from collections import Counter
from typing import Any, NoReturn

from shared.errors import RefusedInput

#: Maximum number of objects, lists and their items: twice what the largest submission needs. In memory, each takes
#: many times the size of its text.
MAX_ITEMS = 250_000


class NotJson(RefusedInput):
    """The text is not valid JSON; the message says why and where."""


def decode_json(text: str | bytes) -> Any:
    """Returns the decoded value. Raises NotJson."""
    marks: tuple[Any, ...] = ("{", "[", ",") if isinstance(text, str) else (b"{", b"[", b",")
    if sum(text.count(mark) for mark in marks) > MAX_ITEMS:
        raise NotJson(f"has more than {MAX_ITEMS} items")
    try:
        return json.loads(text, parse_constant=_refuse, object_pairs_hook=_object)
    except NotJson:
        raise
    except json.JSONDecodeError as error:
        raise NotJson(f"is not JSON: {error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise NotJson("is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise NotJson(f"is not UTF-8 at byte {error.start}") from None
    except ValueError as error:
        # Python refuses integers of thousands of digits.
        raise NotJson(f"is not JSON: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A proxy that checks requests before this service may use the other value of the key.
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise NotJson(f"is ambiguous: {twice[:60]!r} is there twice")
    return made


def _refuse(constant: str) -> NoReturn:
    raise NotJson(f"is not JSON: {constant} is not a number")
