"""Whether a file has the shape of a model at all, in time linear in its length.

idfkit's own patterns take exponential time, without letting another thread run, over an object that never ends; it
must not see a file that was cut in half. It also takes any JSON for epJSON.
"""

import re
from typing import Any

from shared.energyplus.formats.field_text import refused_text

_COMMENT = r"![^\n]*+"
_CLASS = r"[A-Za-z][A-Za-z0-9:_ /\-]{0,99}+"
_GAP = rf"(?:\s++|{_COMMENT})*+"
_REST = rf"(?:[^;!]++|{_COMMENT})*+;"
#: Possessive throughout, so that nothing is ever tried twice. Control-Z ends many a file written under DOS.
#: One object, or all between two. Were it repeated possessively, Python before 3.11.5, such as Debian 12's, would count
#: the beginning of an object that does not end as part of the match (github.com/python/cpython/issues/106052). A group
#: that can only fail at its first character is safe.
PART = re.compile(rf"(?:[\s;\x1a]++|{_COMMENT})++|{_CLASS}{_GAP}(?:;|,{_REST})")
BEGUN = re.compile(rf"{_CLASS}{_GAP},")
#: The largest DOE model has 12,000; idfkit takes quadratic time over objects of one name.
MAX_OBJECTS = 100_000
SHOWN_CHARACTERS = 40


def check_idf(text: str) -> None:
    """Raises ValueError naming the line where the text stops being an IDF."""
    if text.count(";") > MAX_OBJECTS:
        raise ValueError(f"it has more than {MAX_OBJECTS:,} objects")
    end = 0
    while found := PART.match(text, end):
        end = found.end()
    if end == len(text):
        return
    line = text.count("\n", 0, end) + 1
    begins = text[end : end + SHOWN_CHARACTERS].split("\n")[0]
    if BEGUN.match(text, end):
        raise ValueError(f"line {line}: the object that begins with {begins!r} has no end, a semicolon is missing")
    raise ValueError(f"line {line}: {begins!r} is the beginning of no EnergyPlus object")


def check_epjson(model: object) -> None:
    """Raises ValueError naming class and object where the JSON stops being epJSON."""
    if not isinstance(model, dict):
        raise ValueError("epJSON is an object of classes")  # noqa: TRY004  (the file is at fault, not the caller)
    for class_name, items in model.items():
        if not isinstance(items, dict) or not all(isinstance(item, dict) for item in items.values()):
            raise ValueError(f"{class_name} is no collection of named objects")
        for name, item in items.items():
            for field, value in item.items():
                if not _is_field(value):
                    raise ValueError(
                        f"{class_name} '{name}': {field} is neither a number nor a text nor a list of groups"
                    )


def check_text_fits_idf(model: dict[str, dict[str, dict[str, Any]]]) -> None:
    """Raises ValueError naming the first text that would be more than one field in an IDF."""
    for class_name, items in model.items():
        for name, item in items.items():
            groups = [group for value in item.values() if isinstance(value, list) for group in value]
            for text in (class_name, name, *(value for group in (item, *groups) for value in group.values())):
                if isinstance(text, str) and (reason := refused_text(text)):
                    raise ValueError(f"{class_name} '{name}': {reason}")


def _is_field(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(group, dict) and all(map(_is_scalar, group.values())) for group in value)
    return _is_scalar(value)


def _is_scalar(value: object) -> bool:
    return value is None or isinstance(value, str | int | float)
