"""JSON from outside: what the standard library lets through and Postgres does not is refused with a sentence."""

import json
from collections import Counter
from typing import Any, NoReturn

from shared.errors import RefusedInput

#: Objects, lists and items of either; twice what the largest submission needs. Each costs many times its text.
MAX_ITEMS = 250_000


class NotJson(RefusedInput):
    """The text is not JSON; the message says where it stops being so."""


def decode_json(text: str | bytes) -> Any:
    """The value that `text` says. Raises NotJson."""
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
    # Who checks a request before us may have taken the other one.
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise NotJson(f"is ambiguous: {twice[:60]!r} is there twice")
    return made


def _refuse(constant: str) -> NoReturn:
    raise NotJson(f"is not JSON: {constant} is not a number")
