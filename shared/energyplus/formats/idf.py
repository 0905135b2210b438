"""The IDF parser: the objects of an IDF with the positions of their fields, as EnergyPlus's own parser reads them.

Where EnergyPlus would read a text otherwise than it looks (a comment before the first comma, a field over several
lines), the text is refused with its line. Time and memory are linear in the text.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.energyplus.findings import Finding, Rejected, reject
from shared.energyplus.formats.text import CONTROL, NUMBER, SPACE

#: The end of a field, the end of an object, or a comment to the end of its line.
MARK = re.compile(r"[,;]|![^\n]*")
CLASS = re.compile(r"[A-Za-z][A-Za-z0-9:_ /\-]{0,99}")
MACRO = re.compile(r"^[ \t]*##\S*", re.MULTILINE)
#: The largest DOE model has 12,000.
MAX_OBJECTS = 100_000
#: The longest fields are programs of energy management, a line each; EnergyPlus has no limit and ends at memory.
MAX_FIELD_CHARACTERS = 1 << 20
SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Field:
    """A field's text without the white space around it, and its range of the whole text.

    The range takes in white space behind the text that has a line break, up to the mark that ends the field.
    """

    text: str
    start: int
    end: int

    @property
    def has_line_break(self) -> bool:
        """Whether EnergyPlus takes a line break for a part of the text: numbers aside, it does so before a mark."""
        return self.end > self.start + len(self.text) > self.start and not NUMBER.fullmatch(self.text)


@dataclass(frozen=True, slots=True)
class IdfObject:
    """One object: class as written, fields in order, its first line and its range of the text, semicolon included."""

    class_name: str
    fields: tuple[Field, ...]
    line: int
    start: int
    end: int
    #: The class or the first field with a line break behind it; empty where there is none.
    before_line_break: str = ""

    @property
    def name(self) -> str:
        """The first field, which is the name in classes that have one."""
        return self.fields[0].text if self.fields else ""

    @property
    def shown(self) -> str:
        """Line, class and name, for messages."""
        class_name, name = self.class_name[:SHOWN_CHARACTERS], self.name[:SHOWN_CHARACTERS]
        return f"line {self.line}: {class_name} '{name}'" if name else f"line {self.line}: {class_name}"

    @property
    def refusal(self) -> str:
        """Why EnergyPlus would read the object otherwise than it looks; empty where it would not."""
        if self.before_line_break:
            return (
                f"{self.shown}: there is a line break between {self.before_line_break[:SHOWN_CHARACTERS]!r} and the "
                "comma or semicolon behind it, which EnergyPlus takes for a part of it; put them on one line"
            )
        if not self.fields:
            return (
                f"{self.shown} ends without a field, and EnergyPlus takes the next object for its fields; "
                f"write {self.class_name},; or delete it"
            )
        return ""

    def values(self, position: int, key: str) -> list[str]:  # noqa: ARG002  (one signature for IDF and epJSON)
        """The text of the field at `position`; empty when the object ends before it."""
        return [self.fields[position].text] if position < len(self.fields) else []


def idf_objects(text: str) -> Iterator[IdfObject]:
    """The objects of a normalised text, in its order. Raises Rejected with the line where it stops being an IDF."""
    if text.count(";") > MAX_OBJECTS:
        raise reject(f"it has more than {MAX_OBJECTS} objects")
    reader = _Reader(text)
    for mark in MARK.finditer(text):
        if (whole := reader.take(mark.start(), mark.end(), mark[0][0])) is not None:
            yield whole
    reader.close()


class _Reader:
    """Collects the fields of one object after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = _Lines(text)
        self._at = 0
        #: Class and fields of the object that is being read, and the pieces of text of the field that is.
        self._parts: list[Field] = []
        self._pieces: list[Field] = []
        self._blank: Field | None = None
        self._before_line_break = ""

    def take(self, start: int, end: int, mark: str) -> IdfObject | None:
        """Read up to the next mark, which is at `start`; the object that it ends, if it ends one."""
        piece = _piece(self._text, self._at, start)
        self._at = end
        # Of a blank field with comments in it the first piece counts: what is written behind a comment is lost in it.
        blank = self._blank or piece
        self._blank = blank if mark == "!" and self._parts else None
        if piece.text:
            self._pieces.append(piece)
        if mark == "!":
            if self._pieces and not self._parts:
                self._refuse_comment()
            return None
        if not self._pieces and not self._parts:
            if mark == ";":
                # EnergyPlus skips a semicolon without an object.
                return None
            blank = Field("", start, start)
        part = _one(self._pieces or [blank], self._parts, self._lines)
        self._parts.append(part)
        self._pieces = []
        first = self._parts[0]
        if part is first:
            _check_class(first, self._text, self._lines)
            self._before_line_break = ""
        if part.has_line_break and not self._before_line_break:
            self._before_line_break = part.text
        if mark == ",":
            return None
        fields, self._parts = tuple(self._parts[1:]), []
        return IdfObject(first.text, fields, self._lines.of(first.start), first.start, end, self._before_line_break)

    def close(self) -> None:
        """The end of the text. Raises Rejected inside an object."""
        rest = _piece(self._text, self._at, len(self._text))
        pending = [*self._parts, *self._pieces, *([rest] if rest.text else [])]
        if not pending:
            return
        if not self._parts:
            _check_class(pending[0], self._text, self._lines)
        raise reject(
            f"the object that begins here ({pending[0].text[:SHOWN_CHARACTERS]!r}) does not end; is a ';' missing?",
            self._lines.of(pending[0].start),
        )

    def _refuse_comment(self) -> None:
        field = self._pieces[0]
        _check_class(field, self._text, self._lines)
        raise reject(
            f"there is a comment between the class {field.text} and its first comma, which EnergyPlus takes for data",
            self._lines.of(field.start),
        )


class _Lines:
    """Line numbers of ascending positions."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 1

    def of(self, position: int) -> int:
        if position >= self._at:
            self._line += self._text.count("\n", self._at, position)
            self._at = position
            return self._line
        return self._text.count("\n", 0, position) + 1


def _piece(text: str, start: int, end: int) -> Field:
    raw = text[start:end]
    without = raw.lstrip(SPACE)
    stripped = without.rstrip(SPACE)
    begin = start + len(raw) - len(without) if stripped else start
    behind = begin + len(stripped)
    return Field(stripped, begin, end if "\n" in text[behind:end] else behind)


def _one(pieces: list[Field], before: list[Field], lines: _Lines) -> Field:
    """The one piece of text between two marks."""
    first = pieces[0]
    if len(pieces) > 1 or (before and "\n" in first.text):
        object_ = IdfObject(before[0].text, tuple(before[1:]), lines.of(before[0].start), 0, 0)
        shown = first.text[:SHOWN_CHARACTERS]
        message = f"{object_.shown} has a field over several lines, {shown!r}; is a comma missing?"
        raise Rejected(Finding(message, object_.line))
    if len(first.text) > MAX_FIELD_CHARACTERS:
        raise reject(f"a field is longer than {MAX_FIELD_CHARACTERS} characters", lines.of(first.start))
    if found := CONTROL.search(first.text):
        raise reject(
            f"there is a control character, {found.group()!a}, which EnergyPlus takes for part of a name",
            lines.of(first.start + found.start()),
        )
    return first


def _check_class(field: Field, text: str, lines: _Lines) -> None:
    line_start = text.rfind("\n", 0, field.start) + 1
    if macro := MACRO.match(text, line_start):
        name = macro[0].strip()[:SHOWN_CHARACTERS]
        raise reject(f"{name} is a macro command; expand macros (EPMacro) before uploading", lines.of(field.start))
    if not CLASS.fullmatch(field.text):
        raise reject(f"{field.text[:SHOWN_CHARACTERS]!r} is no class of EnergyPlus object", lines.of(field.start))
