"""JSON from outside: what the standard library lets through and Postgres does not is refused with a sentence."""

import json
from typing import Any, NoReturn


class NotJson(ValueError):
    """The text is not JSON; the message says where it stops being so."""


def decode_json(text: str | bytes) -> Any:
    """The value that `text` says. Raises NotJson."""
    try:
        return json.loads(text, parse_constant=_refuse)
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


def _refuse(constant: str) -> NoReturn:
    raise NotJson(f"is not JSON: {constant} is not a number")
