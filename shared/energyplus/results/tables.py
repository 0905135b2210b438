"""Tabular reports in EnergyPlus's SQLite output: rounded to the printed digit, in the unit that each cell names."""

import sqlite3
from dataclasses import dataclass

from shared.energyplus.results.database import finite, rows

#: Units that a model's unit conversion may print a table in, and their factors to ours.
KWH = {"kWh": 1.0, "GJ": 1e9 / 3.6e6, "MJ": 1e6 / 3.6e6, "kBtu": 1055.05585262 / 3600}
WATTS = {"W": 1.0, "kW": 1000.0, "kBtuh": 1055.05585262 / 3.6}
SQUARE_METRES = {"m2": 1.0, "ft2": 0.3048**2}
KELVIN = {"C": 1.0, "deltaC": 1.0, "F": 5 / 9, "deltaF": 5 / 9}
HOURS = {"Hours": 1.0}
FACTOR = {"": 1.0}
#: By the unit of a metric.
UNITS = {"m2": SQUARE_METRES, "K": KELVIN, "h": HOURS}


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as (text, unit), by (row name, column name)."""

    cells: dict[tuple[str, str], tuple[str, str]]

    def text(self, row: str, column: str) -> str:
        """A cell as it is printed; empty when there is none."""
        return self.cells.get((row, column), ("", ""))[0]

    def number(self, row: str, column: str, units: dict[str, float]) -> float | None:
        """A cell in the unit whose factor is 1. None when it is empty, no number, or in a unit that is not known."""
        text, unit = self.cells.get((row, column), ("", ""))
        try:
            return finite(text) * units[unit]
        except (KeyError, ValueError):
            return None


def read_table(connection: sqlite3.Connection, report: str, table: str) -> Table:
    """The whole-building table of that name; without cells when the report was not asked for."""
    found = rows(
        connection,
        "SELECT RowName, ColumnName, Value, Units FROM TabularDataWithStrings"
        " WHERE ReportName = ? AND TableName = ? AND ReportForString = 'Entire Facility'",
        (report, table),
    )
    return Table(
        {(str(row), str(column)): (str(value).strip(), str(units or "")) for row, column, value, units in found}
    )
