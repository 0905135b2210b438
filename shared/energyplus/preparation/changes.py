"""The list of what preparation changed, short enough to be stored with each run, read, and replied by a helper."""

from collections.abc import Iterable, Sequence

#: Objects that are listed of those that one parameter, or one removal, changed; the others are counted.
LISTED = 100
LINE_CHARACTERS = 250


def summarised(lines: Sequence[str], class_name: str, what: str) -> list[str]:
    """The first lines about objects of a class; after 100 of them `Zone … and 98900 more: multiplier set to 2`."""
    more = len(lines) - LISTED
    return [*lines[:LISTED], f"{class_name} … and {more} more: {what}"] if more > 0 else list(lines)


def cut(lines: Iterable[str]) -> tuple[str, ...]:
    """The lines, none of them longer than a person reads."""
    return tuple(line if len(line) <= LINE_CHARACTERS else f"{line[: LINE_CHARACTERS - 1]}…" for line in lines)
