"""Check of a text for one field of an IDF."""

import re

#: What ends a field, an object or a line in an IDF, and what no text field holds.
FORBIDDEN = re.compile(r"[,;!\x00-\x1f\x7f]")


def refused_text(text: str) -> str | None:
    """Why a text cannot stand in one field of an IDF; None when it can."""
    found = FORBIDDEN.search(text)
    return f"{text!r} has a {found.group()!r}, which no field of a model can hold" if found else None
