"""Strict JSON: no key twice, finite numbers only, a bounded number of nodes."""

import json
import math
import re
from typing import Any

from shared.energyplus.findings import Rejected, reject

#: A list or object of JSON takes over 20 times its text in memory; 20 for each object that a worker takes is ample.
MAX_JSON_NODES = 2_000_000
SHOWN_CHARACTERS = 60
WORD = re.compile(r"\s*[A-Za-z]")


def load_json(text: str) -> Any:
    """What the text says. Raises Rejected."""
    if text.count("{") + text.count("[") > MAX_JSON_NODES:
        raise reject(f"it has more than {MAX_JSON_NODES} objects and lists")
    try:
        return json.loads(
            text,
            object_pairs_hook=_without_doubles,
            parse_float=_finite,
            parse_int=_finite,
            parse_constant=_no_number,
        )
    except Rejected:
        raise
    except json.JSONDecodeError as error:
        advice = "; an IDF's name must end in .idf" if WORD.match(error.doc) else ""
        raise reject(f"it is not JSON: {error.msg} (column {error.colno}){advice}", error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise reject(f"it is not JSON that can be read: {type(error).__name__}") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise reject(
                    f"{key[:SHOWN_CHARACTERS]!a} is there twice in one JSON object; some programs take the first"
                )
            seen.add(key)
    return made


def _finite(text: str) -> float:
    if not math.isfinite(float(text)):
        raise reject(f"{text[:SHOWN_CHARACTERS]} is larger than any number that EnergyPlus knows")
    return float(text) if any(mark in text for mark in ".eE") else int(text)


def _no_number(text: str) -> float:
    raise reject(f"{text} is no number that JSON knows")
