"""The rows of the sampling method `table`: objects of the spec, or lines of a CSV file in the form part `table`.

Every value is checked before anything is queued. A CSV file stays on disk: it is read once for the checks, and again
when the variants are drawn.
"""

import csv
import re
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
from shared.errors import RefusedInput
from shared.spec import ParameterSpec
from shared.study import Variant

#: The form part with a CSV file.
PART = "table"
#: Longest line of a CSV file: more than 50 cells of 200 characters need.
MAX_LINE_CHARACTERS = 20_000
MAX_SHOWN_CHARACTERS = 60
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)


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
    names: list[str] = []
    rows = 0

    def cells() -> Iterator[tuple[str, str, object]]:
        nonlocal rows
        records = _records(path)
        names.extend(next(records, []))
        _check_names(names, parameters)
        for number, record in enumerate(records, 2):
            rows += 1
            if rows > most:
                raise UnreadableTable(f"has more than the {most} rows that are allowed")
            if len(record) != len(names):
                raise UnreadableTable(f"row {number} has {len(record)} cells, and row 1 has {len(names)}")
            for name, text in zip(names, record, strict=True):
                yield f"row {number}, column {name}", name, _read(text)
        if not rows:
            raise UnreadableTable("has no rows below the names of its columns")

    try:
        checked = _check_cells(cells(), parameters)
        faults = [Fault(PART, f"{place}: {message}") for place, message in islice(checked, LISTED_FAULTS)]
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
    cells = ((f"{place}[{index}].{name}", name, row[name]) for index, row in enumerate(rows) for name in names)
    return [Fault(*found) for found in islice(_check_cells(cells, parameters), LISTED_FAULTS)]


def _check_cells(
    cells: Iterable[tuple[str, str, object]], parameters: Sequence[ParameterSpec]
) -> Iterator[tuple[str, str]]:
    """Yields place and reason of each value that its parameter cannot have; a column has numbers or texts."""
    modes = {parameter.name: parameter.mode for parameter in parameters}
    are_numbers: dict[str, bool] = {}
    for place, name, value in cells:
        try:
            check_value(value, modes[name])
        except ValidationError as error:
            yield place, " ".join(str(message) for message in error.messages)
            continue
        if isinstance(value, str) and value.lower() in SIZED:
            continue
        if are_numbers.setdefault(name, is_number(value)) != is_number(value):
            kinds = ("a text", "a number") if is_number(value) else ("a number", "a text")
            yield place, f"must be {kinds[0]} as above, and {_shown(value)} is {kinds[1]}"


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
        try:
            for record in reader:
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
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) or NOT_FINITE.fullmatch(text) else text


def _shown(value: object) -> str:
    return repr(value)[:MAX_SHOWN_CHARACTERS]
