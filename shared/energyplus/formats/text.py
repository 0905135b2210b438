"""Whether a file is text at all, and its lines, whatever encoding they are in."""

import re
from collections.abc import Iterator
from pathlib import Path

from shared.energyplus.findings import reject

#: Beginnings of files that people upload by mistake.
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
#: Nobody writes a line of a megabyte; a file without line breaks must not be read whole.
MAX_LINE_BYTES = 1 << 20
END_OF_DOS_FILE = "\x1a"
#: What no text needs, tab and line ends aside. To Python some are spaces, to EnergyPlus they are part of a name.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
CHUNK_BYTES = 1 << 20


def check_text(path: Path, kind: str, max_bytes: int) -> None:
    """Make sure that a file can be `kind` ("an IDF"): neither empty, nor too large, nor binary. Raises Rejected."""
    size = path.stat().st_size
    if size == 0:
        raise reject("the file is empty")
    if size > max_bytes:
        raise reject(f"the file has {size} bytes, more than the {max_bytes} that {kind} may have")
    with path.open("rb") as file:
        head = file.read(CHUNK_BYTES)
        for magic, what in KNOWN:
            if head.startswith(magic):
                raise reject(f"the file is {what}, not {kind}")
        if head.startswith(UTF_16):
            raise reject("the file is UTF-16 text; save it as UTF-8")
        if not head.removeprefix(BYTE_ORDER_MARK).strip():
            raise reject("the file is empty")
        at = 0
        while head:
            if (zero := head.find(b"\x00")) >= 0:
                raise reject(f"the file is binary, not {kind}: there is a zero byte at position {at + zero}")
            at += len(head)
            head = file.read(CHUNK_BYTES)


def looks_like_json(path: Path) -> bool:
    """Whether a file begins as a JSON object does, and no IDF."""
    with path.open("rb") as file:
        return file.read(CHUNK_BYTES).removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"{")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Numbered lines without their ends; UTF-8 where it is that, else Latin-1. Raises Rejected."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_BYTES):
            number += 1
            if number == 1:
                line = line.removeprefix(BYTE_ORDER_MARK)
            if len(line) == MAX_LINE_BYTES:
                raise reject(f"the line is longer than {MAX_LINE_BYTES} bytes", number)
            text = decode(line).rstrip("\r\n")
            if "\r" in text:
                # Parsers disagree on whether this ends a line, so that a comment could hide an object.
                raise reject(
                    "there is a carriage return inside the line; save the file with ordinary line ends", number
                )
            yield number, text


def decode(data: bytes) -> str:
    """The text; every byte string is some Latin-1 text."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
