"""The rows of the sampling method `table`: objects of the spec, or lines of a CSV file in the form part `table`.

Every value is checked before anything is queued. A CSV file stays on disk: it is read once for the checks, and again
when the variants are drawn.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TextIO

from marshmallow import ValidationError

from api_service.http.fields import is_number
from api_service.http.problem import LISTED_FAULTS, Fault
from api_service.submission.sampling_schema import check_value
from shared.energyplus.formats.field_rule import SIZED
from shared.energyplus.modes import INPUT
from shared.errors import RefusedInput
from shared.spec import ParameterSpec
from shared.study import Variant

#: The form part with a CSV file.
PART = "table"
#: Longest line of a CSV file: more than 50 cells of 200 characters need.
MAX_LINE_CHARACTERS = 20_000
MAX_SHOWN_CHARACTERS = 60
#: Longer numbers are kept as floating-point numbers.
MAX_WHOLE_CHARACTERS = 15


class UnreadableTable(RefusedInput):
    """The file is no CSV file with these columns; the message says where and why."""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV file that has been checked."""

    path: Path
    length: int

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Variant]:
        records = _records(self.path)
        names = next(records)
        for record in records:
            yield dict(zip(names, map(_read, record), strict=True))


def check_csv(path: Path, parameters: Sequence[ParameterSpec], most: int) -> tuple[CsvTable, list[Fault]]:
    """Returns the table and its faults, the first LISTED_FAULTS; a table has at most `most` rows."""
    rows = 0

    def read(records: Iterator[list[str]], width: int) -> Iterator[list[float | str]]:
        nonlocal rows
        for rows, record in enumerate(records, 1):
            if rows > most:
                raise UnreadableTable(f"has more than the {most} rows that are allowed")
            if len(record) != width:
                raise UnreadableTable(f"row {rows + 1} has {len(record)} cells, and row 1 has {width}")
            yield [_read(text) for text in record]
        if not rows:
            raise UnreadableTable("has no rows below the names of its columns")

    try:
        records = _records(path)
        names = next(records, [])
        _check_names(names, parameters)
        wrong = islice(_check_cells(read(records, len(names)), names, parameters), LISTED_FAULTS)
        faults = [Fault(PART, f"row {index + 2}, column {name}: {message}") for index, name, message in wrong]
    except UnreadableTable as error:
        faults = [Fault(PART, str(error))]
    return CsvTable(path, rows), faults


def check_rows(rows: Sequence[Mapping[str, object]], parameters: Sequence[ParameterSpec], place: str) -> list[Fault]:
    """Returns the faults of rows that are objects, the first LISTED_FAULTS; `place` is their path in the request."""
    names = [parameter.name for parameter in parameters]

    def structure() -> Iterator[Fault]:
        for index, row in enumerate(rows):
            yield from (Fault(f"{place}[{index}].{name}", "is no parameter") for name in row if name not in names)
            yield from (Fault(f"{place}[{index}].{name}", "is missing") for name in names if name not in row)

    if faults := list(islice(structure(), LISTED_FAULTS)):
        return faults
    cells = _check_cells(([row[name] for name in names] for row in rows), names, parameters)
    return [Fault(f"{place}[{index}].{name}", message) for index, name, message in islice(cells, LISTED_FAULTS)]


def _check_cells(
    rows: Iterable[Sequence[object]], names: Sequence[str], parameters: Sequence[ParameterSpec]
) -> Iterator[tuple[int, str, str]]:
    """Yields row, column and reason of each value that its parameter cannot have; a column has numbers or texts."""
    modes = {parameter.name: parameter.mode for parameter in parameters}
    has_numbers: dict[str, bool] = {}
    for index, row in enumerate(rows):
        for name, value in zip(names, row, strict=True):
            is_right_number = modes[name] != INPUT and is_number(value) and has_numbers.setdefault(name, True)
            if not is_right_number and (message := _fault(value, modes[name], name, has_numbers)):
                yield index, name, message


def _fault(value: object, mode: str, name: str, has_numbers: dict[str, bool]) -> str | None:
    """Returns what is wrong with a value; None for a text in a column of texts, and for EnergyPlus's words."""
    try:
        check_value(value, mode)
    except ValidationError as error:
        return " ".join(str(message) for message in error.messages)
    if not isinstance(value, str):
        return f"must be a text as above, and {value} is a number"
    if value.lower() not in SIZED and has_numbers.setdefault(name, False):
        return f"must be a number as above, and {_shown(value)} is a text"
    return None


def _check_names(names: Sequence[str], parameters: Sequence[ParameterSpec]) -> None:
    if not any(names):
        raise UnreadableTable("row 1 has no names of parameters")
    for separator, word in ((";", "semicolons"), ("\t", "tabs")):
        if len(names) == 1 and separator in names[0]:
            raise UnreadableTable(f"has {word} between its columns; it must have commas, and points in numbers")
    known = [parameter.name for parameter in parameters]
    if unknown := [name for name in names if name not in known]:
        raise UnreadableTable(f"row 1: column {_shown(unknown[0])} is no parameter")
    if missing := [name for name in known if name not in names]:
        raise UnreadableTable(f"row 1: there is no column {missing[0]}")
    if len(set(names)) < len(names):
        raise UnreadableTable("row 1: two columns have the same name")


def _records(path: Path) -> Iterator[list[str]]:
    """Yields the lines of the file, each as its cells. Raises UnreadableTable."""
    # Excel begins a file in UTF-8 with a byte-order mark, and ends lines with CRLF.
    with path.open(encoding="utf-8-sig") as file:
        reader = csv.reader(_lines(file), skipinitialspace=True, strict=True)
        blank = 0
        try:
            for record in reader:
                # Some programs end a file with a blank line.
                blank = blank or (0 if record else reader.line_num)
                if record and blank:
                    raise UnreadableTable(f"row {blank} is blank, and there are rows below it")
                if record:
                    yield [cell.strip() for cell in record]
        except UnicodeDecodeError:
            raise UnreadableTable("is not in UTF-8") from None
        except csv.Error as error:
            raise UnreadableTable(f"row {reader.line_num}: {error}") from None


def _lines(file: TextIO) -> Iterator[str]:
    number = 0
    while line := file.readline(MAX_LINE_CHARACTERS + 1):
        number += 1
        if len(line) > MAX_LINE_CHARACTERS:
            raise UnreadableTable(f"row {number} has more than {MAX_LINE_CHARACTERS} characters")
        if line.count('"') % 2:
            # A cell of several lines could make one record of the whole file.
            raise UnreadableTable(f"row {number} has a quotation mark that is not closed in its line")
        yield line


def _read(text: str) -> float | str:
    """Returns what a cell holds: a number where it looks like one, perhaps an infinite one or NaN."""
    try:
        number = float(text)
    except ValueError:
        return text
    if "_" in text or not text.isascii():
        # Python's way to write numbers, and digits of other scripts.
        return text
    return int(text) if len(text) <= MAX_WHOLE_CHARACTERS and text.lstrip("+-").isdigit() else number


def _shown(value: object) -> str:
    return repr(value)[:MAX_SHOWN_CHARACTERS]
