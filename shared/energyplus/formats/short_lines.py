"""IDF text for ExpandObjects, which reads 500 bytes of a line and drops the rest without a word."""

from bisect import bisect_left

from shared.energyplus.formats.idf import SHOWN_CHARACTERS, IdfObject, idf_objects

#: Less than it reads, for the comma and the indentation.
MAX_LINE_BYTES = 480


def with_short_lines(text: str) -> str:
    """The text with one field per line in each object that has a longer line; comments inside such objects are lost.

    Raises ValueError for a field that is longer than a line.
    """
    ends = _long_lines(text)
    if not ends:
        return text
    parts, at = [], 0
    for item in idf_objects(text):
        # The first long line that does not end before the object, if it begins before the object's end.
        nearest = bisect_left(ends, (item.start,))
        if nearest < len(ends) and ends[nearest][1] < item.end:
            parts += [text[at : item.start], "\n", _one_field_per_line(item)]
            at = item.end
    return "".join([*parts, text[at:]])


def _long_lines(text: str) -> list[tuple[int, int]]:
    """End and beginning of each line whose part before a comment is too long."""
    found, begin = [], 0
    for line in text.split("\n"):
        if len(line) * 4 > MAX_LINE_BYTES and len(line.partition("!")[0].encode()) > MAX_LINE_BYTES:
            found.append((begin + len(line), begin))
        begin += len(line) + 1
    return found


def _one_field_per_line(item: IdfObject) -> str:
    for field in item.fields:
        if len(field.text.encode()) > MAX_LINE_BYTES:
            raise ValueError(
                f"{item.shown} has a field of {len(field.text.encode())} bytes, {field.text[:SHOWN_CHARACTERS]!r}; "
                f"a model with HVACTemplate objects may have {MAX_LINE_BYTES}"
            )
    return ",\n  ".join([item.class_name, *(field.text for field in item.fields)]) + ";\n"
