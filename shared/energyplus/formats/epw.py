"""The EPW parser: headers and rows of a weather file, normalised to what EnergyPlus reads as it looks.

EnergyPlus knows a header by its exact name and does not say when it does not know one: a file whose LOCATION is spelled
otherwise is simulated at 0 degrees north and east.

Source of the format: EnergyPlus 25.2 Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".
"""

import re
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.findings import reject
from shared.energyplus.formats.text import BYTE_ORDER_MARK, CONTROL, lines, read_text

HEADERS = (
    "LOCATION",
    "DESIGN CONDITIONS",
    "TYPICAL/EXTREME PERIODS",
    "GROUND TEMPERATURES",
    "HOLIDAYS/DAYLIGHT SAVINGS",
    "COMMENTS 1",
    "COMMENTS 2",
    "DATA PERIODS",
)
#: Other spellings that files are published with.
SPELLINGS = {
    "HOLIDAYS/DAYLIGHT SAVING": "HOLIDAYS/DAYLIGHT SAVINGS",
    "COMMENT 1": "COMMENTS 1",
    "COMMENT 2": "COMMENTS 2",
    "DATA PERIOD": "DATA PERIODS",
}
MAX_WEATHER_BYTES = 64 << 20
MAX_LOCATION_BYTES = 4096
#: White space beside a comma of a data row.
PADDING = re.compile(r"[ \t]*,[ \t]*")
PERIOD_DAY = re.compile(r"\s*(\d{1,2})\s*/\s*(\d{1,2})(?:\s*/\s*(\d{1,4}))?\s*")
SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Epw:
    """Fields of the eight headers in their order, numbered data rows, and what was normalised."""

    headers: tuple[tuple[str, ...], ...]
    header_lines: tuple[int, ...]
    rows: tuple[tuple[int, str], ...]
    changes: tuple[str, ...]

    @property
    def text(self) -> str:
        """The file as EnergyPlus gets it."""
        return "\n".join([*(",".join(fields) for fields in self.headers), *(row for _, row in self.rows)]) + "\n"

    @property
    def year(self) -> int | None:
        """The year of the first data period's first day, where the header gives it."""
        periods = self.headers[-1]
        found = PERIOD_DAY.fullmatch(periods[5]) if len(periods) > 5 else None
        return int(found[3]) if found and found[3] else None


def read_epw(path: Path) -> Epw:
    """A weather file, normalised. Raises Rejected with the line of what is no EPW."""
    text = read_text(path, "an EPW weather file", MAX_WEATHER_BYTES)
    changes = list(text.changes)
    numbered = list(lines(text.content))
    there = [(number, line) for number, line in numbered if line.strip()]
    if len(there) < len([line for _, line in numbered[: there[-1][0]]]):
        changes.append("blank lines removed")
    headers: list[tuple[str, ...]] = []
    header_lines: list[int] = []
    for wanted in HEADERS:
        number, line = there[len(headers)] if len(headers) < len(there) else (len(numbered), "")
        fields = _header(wanted, number, line)
        if line.split(",")[0] != fields[0]:
            changes.append(f"header {line.split(',')[0].strip()!r} written as {wanted!r}")
        headers.append(fields)
        header_lines.append(number)
    rows = there[len(HEADERS) :]
    if any(" " in row or "\t" in row for _, row in rows):
        stripped = [(number, PADDING.sub(",", row.strip())) for number, row in rows]
        if stripped != rows:
            rows, changes = stripped, [*changes, "spaces around the values of rows removed"]
    return Epw(tuple(headers), tuple(header_lines), tuple(rows), tuple(changes))


def read_location(path: Path) -> tuple[str, ...]:
    """The fields of a file's first line, LOCATION; no more of the file is read. Raises Rejected and OSError."""
    with path.open("rb") as file:
        line = file.readline(MAX_LOCATION_BYTES).removeprefix(BYTE_ORDER_MARK)
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text = line.decode("latin-1")
    return _header(HEADERS[0], 1, text.rstrip("\r\n"))


def _header(wanted: str, number: int, line: str) -> tuple[str, ...]:
    if found := CONTROL.search(line):
        raise reject(f"there is a control character, {found.group()!a}", number)
    name, *fields = line.split(",")
    spelled = " ".join(name.upper().split())
    if SPELLINGS.get(spelled, spelled) != wanted:
        raise reject(f"an EPW weather file has {wanted} here, and this has {line[:SHOWN_CHARACTERS]!r}", number)
    return (wanted, *fields)
