"""Text files: checks that a file is text, its decoding, and normalisation of what EnergyPlus reads otherwise.

`read_text` is called by the checks before a file is stored and by the preparation of a run, so that both work on the
same characters.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.findings import reject

#: First bytes of files that people upload by mistake.
KNOWN = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"%PDF", "a PDF document"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x89PNG", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
)
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: A line of a megabyte is no line that a person or a program has written.
MAX_LINE_CHARACTERS = 1 << 20
END_OF_DOS_FILE = "\x1a"
#: White space as EnergyPlus's IDF parser knows it; to `str.strip` a no-break space is one too, to EnergyPlus it is not.
SPACE = " \t\r\n"
#: A number as EnergyPlus's parsers take it: without a plus sign before it, and with E for the exponent.
NUMBER = re.compile(r"-?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
#: Control characters but tab and line ends. To Python some are spaces, to EnergyPlus they are part of a name.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

#: From Latin-1's control characters to the characters that Windows-1252 has in their place.
WINDOWS_1252 = {
    byte: bytes((byte,)).decode("cp1252") for byte in range(0x80, 0xA0) if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


@dataclass(frozen=True, slots=True)
class Text:
    """A decoded text with LF or CR LF line ends; `changes` has one sentence for each kind of normalisation."""

    content: str
    changes: tuple[str, ...] = ()


def read_text(path: Path, kind: str, max_bytes: int) -> Text:
    """The normalised text of a file that is supposed to be `kind` ("an IDF").

    Raises Rejected when the file is empty, too large, binary, UTF-16 or has a line that is too long.
    """
    size = path.stat().st_size
    if size > max_bytes:
        raise reject(f"the file has {size} bytes, more than the {max_bytes} that {kind} may have")
    data = path.read_bytes()
    if not data.removeprefix(BYTE_ORDER_MARK).strip():
        raise reject("the file is empty")
    for magic, what in KNOWN:
        if data.startswith(magic):
            raise reject(f"the file is {what}, not {kind}")
    if data.startswith(UTF_16):
        raise reject("the file is UTF-16 text; save it as UTF-8")
    if (zero := data.find(b"\x00")) >= 0:
        raise reject(f"the file is binary, not {kind}: there is a zero byte at position {zero}")
    return normalise(data)


def normalise(data: bytes) -> Text:
    """Decode a text, and bring its beginning, its line ends and its end into the form that EnergyPlus reads.

    UTF-8 where the whole file is valid UTF-8, else Windows-1252. Raises Rejected for line ends that are ambiguous.
    """
    changes = []
    if data.startswith(BYTE_ORDER_MARK):
        data = data.removeprefix(BYTE_ORDER_MARK)
        changes.append("the byte-order mark removed")
    text, encoding = decode(data)
    if encoding:
        changes.append(f"read as {encoding}, written as UTF-8")
    if "\r" in text:
        text, changed = _line_ends(text)
        changes += ["carriage returns as line ends replaced by line feeds"] if changed else []
    if END_OF_DOS_FILE in text[-2:] or text.rstrip(SPACE).endswith(END_OF_DOS_FILE):
        text = text.rstrip(SPACE + END_OF_DOS_FILE) + "\n"
        changes.append("the end-of-file character (Control-Z) removed")
    return Text(text, tuple(changes))


def decode(data: bytes) -> tuple[str, str]:
    """The text, and the name of its encoding when that is not UTF-8.

    Windows-1252 is Latin-1 with quotes and dashes in the place of control characters; five bytes that it leaves
    undefined stay the control characters of Latin-1.
    """
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(WINDOWS_1252), "Windows-1252"


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines without their ends. Raises Rejected for a line that is too long."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) >= MAX_LINE_CHARACTERS:
            raise reject(f"the line is longer than {MAX_LINE_CHARACTERS} characters", number)
        yield number, line.rstrip("\r")


def looks_like_json(text: str) -> bool:
    """Whether a text begins as a JSON object does, which no IDF does."""
    return text.lstrip().startswith("{")


def _line_ends(text: str) -> tuple[str, bool]:
    if "\n" not in text:
        return text.replace("\r", "\n"), True
    whole = re.sub(r"\r+\n", "\r\n", text)
    lone = re.search(r"\r(?!\n)", whole)
    if lone and whole[lone.end() :].strip("\r"):
        # Parsers disagree on whether it ends the line, so that a comment could hide an object.
        line = whole.count("\n", 0, lone.start()) + 1
        raise reject("there is a carriage return inside the line; save the file with ordinary line ends", line)
    whole = whole.rstrip("\r") if lone else whole
    return whole, whole != text
