"""Nominal values as the engine prints them, in eplusout.eio and in the tables of its summaries."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.formats.document import load
from tests.models import ENGINE_VERSION

#: Printed numbers by the name of the object.
Printed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Nominal:
    """What is looked up in the engine's output, and what it must become when the measure has a value.

    `fit` is how far the engine's own computation of the printed value may be from the value.
    """

    text: str
    read: Callable[[Path], Printed]
    expected: Callable[[float, float], float]
    fit: float = 0.0


def times(before: float, factor: float) -> float:
    """What a factor makes of a value."""
    return before * factor


def itself(_: float, value: float) -> float:
    """What a value makes that is set, whatever was there before."""
    return value


def plus(before: float, shift: float) -> float:
    """What a shift makes of a value."""
    return before + shift


def wrong(nominal: Nominal, before: Path, after: Path, value: float) -> Iterator[str]:
    """The objects whose printed value is not the one asked for, to the precision of both prints."""
    old, new = nominal.read(before), nominal.read(after)
    if not old or old.keys() != new.keys():
        yield f"{nominal.text}: {len(old)} objects before and {len(new)} after"
        return
    for name, printed in old.items():
        wanted, slack = nominal.expected(float(printed), value), half_digit(new[name]) + nominal.fit
        slack += abs(nominal.expected(float(printed) + half_digit(printed), value) - wanted)
        if abs(float(new[name]) - wanted) > slack * (1 + 1e-9):
            yield f"{nominal.text} of {name}: {printed} became {new[name]}, and {wanted:.6g} was asked for"


def half_digit(printed: str) -> float:
    """Half of the last printed digit."""
    mantissa, _, exponent = printed.upper().partition("E")
    digits = len(mantissa.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - digits)


def eio(line: str, column: str, *, key: int = 1) -> Callable[[Path], Printed]:
    """Reads a column of one kind of lines in eplusout.eio, by the text in the column `key`."""

    def read(directory: Path) -> Printed:
        position, found = None, {}
        for text in (directory / "eplusout.eio").read_text(encoding="utf-8", errors="replace").splitlines():
            cells = [cell.strip() for cell in text.split(",")]
            if cells[0].strip("! ").removeprefix("<").removesuffix(">").strip().lower() != line.lower():
                continue
            if text.startswith("!"):
                position = next(at for at, cell in enumerate(cells) if cell.startswith(column))
            elif position is not None:
                found[cells[key]] = cells[position]
        return found

    return read


def table(report: str, name: str, column: str, types: Collection[str] = ()) -> Callable[[Path], Printed]:
    """Reads a column of a table in the summaries by row; with `types`, only rows whose `Type` is one of them."""

    def read(directory: Path) -> Printed:
        wanted = {kind.lower() for kind in types}
        values = _column(directory, report, name, column)
        kinds = _column(directory, report, name, "Type") if types else {}
        return {row: value for row, value in values.items() if not types or kinds.get(row, "").lower() in wanted}

    return read


def both(*readers: Callable[[Path], Printed]) -> Callable[[Path], Printed]:
    """Reads what several readers read."""
    return lambda directory: {name: value for reader in readers for name, value in reader(directory).items()}


def mean(variable: str) -> Callable[[Path], Printed]:
    """Reads the mean of an output variable over the run period, by its key; zones without the variable have a zero."""

    def read(directory: Path) -> Printed:
        with closing(sqlite3.connect(directory / "eplusout.sql")) as connection:
            rows = connection.execute(
                "SELECT d.KeyValue, v.Value FROM ReportData v JOIN ReportDataDictionary d USING"
                " (ReportDataDictionaryIndex) WHERE d.Name = ? AND d.ReportingFrequency = 'Run Period'"
                " AND v.Value <> 0",
                (variable,),
            )
            return {name: f"{value:.9f}" for name, value in rows}

    return read


def covered_share(watts_per_m2: float) -> Callable[[Path], Printed]:
    """Reads the share of the net area of the roofs, as the engine prints it, that modules of this power cover."""

    def read(directory: Path) -> Printed:
        document, _ = load(directory / "in.idf", ENGINE_VERSION)
        modules = document.objects("Generator:PVWatts")
        areas = {name.upper(): area for name, area in eio("HeatTransfer Surface", "Area (Net)")(directory).items()}
        roof = sum(float(areas[str(item.get("surface_name")).upper()]) for item in modules)
        watts = sum(float(item.get("dc_system_capacity")) for item in modules)
        return {"all roofs": f"{watts / watts_per_m2 / roof:.4f}" if modules else "0.0000"}

    return read


def _column(directory: Path, report: str, name: str, column: str) -> dict[str, str]:
    with closing(sqlite3.connect(directory / "eplusout.sql")) as connection:
        rows = connection.execute(
            "SELECT RowName, trim(Value) FROM TabularDataWithStrings WHERE ReportName = ? AND TableName = ?"
            " AND ColumnName = ?",
            (report, name, column),
        )
        return {row: value for row, value in rows if value}
