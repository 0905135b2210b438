"""Writes an eplusout.sql with those of EnergyPlus's tables that our reader uses."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

SCHEMA = """
CREATE TABLE Simulations (SimulationIndex INTEGER, NumTimestepsPerHour INTEGER);
CREATE TABLE EnvironmentPeriods (EnvironmentPeriodIndex INTEGER, EnvironmentName TEXT, EnvironmentType INTEGER);
CREATE TABLE Time (TimeIndex INTEGER, Interval INTEGER, IntervalType INTEGER, EnvironmentPeriodIndex INTEGER);
CREATE TABLE ReportDataDictionary
  (ReportDataDictionaryIndex INTEGER, IsMeter INTEGER, Name TEXT, ReportingFrequency TEXT);
CREATE TABLE ReportData
  (ReportDataIndex INTEGER PRIMARY KEY, TimeIndex INTEGER, ReportDataDictionaryIndex INTEGER, Value REAL);
CREATE TABLE ReportExtendedData (ReportDataIndex INTEGER, MaxValue REAL);
CREATE TABLE TabularDataWithStrings
  (Value TEXT, ReportName TEXT, ReportForString TEXT, TableName TEXT, RowName TEXT, ColumnName TEXT, Units TEXT);
CREATE TABLE ZoneSizes (ZoneSizesIndex INTEGER, ZoneName TEXT, LoadType TEXT, UserDesLoad REAL, UserDesFlow REAL,
  DesDayName TEXT);
CREATE TABLE SystemSizes (SystemSizesIndex INTEGER, SystemName TEXT, LoadType TEXT, UserDesCap REAL,
  UserDesVolFlow REAL, DesDayName TEXT);
CREATE TABLE Zones (ZoneIndex INTEGER, ZoneName TEXT, Volume REAL, FloorArea REAL, Multiplier REAL,
  ListMultiplier REAL, IsPartOfTotalArea INTEGER);
INSERT INTO Zones VALUES (1, 'CORE', 60.0, 20.0, 2.0, 1.0, 1), (2, 'WEST', 90.0, 30.0, 1.0, 2.0, 1),
  (3, 'ATTIC', 700.0, 500.0, 1.0, 1.0, 0);
INSERT INTO ZoneSizes VALUES (1, 'CORE', 'Cooling', 1200.5, 0.1, 'HOT');
"""
JOULE_PER_KWH = 3.6e6
DESIGN_DAY, WEATHER = 1, 3


@dataclass
class Period:
    """One environment: kind, duration, its meters in kWh, its output variables in their own units and the largest value
    of a meter in joule.
    """

    name: str
    hours: float
    meters: dict[str, float] = field(default_factory=dict)
    peaks: dict[str, float] = field(default_factory=dict)
    kind: int = WEATHER
    variables: dict[str, float] = field(default_factory=dict)


Cells = dict[tuple[str, str, str, str], tuple[str, str]]


def write(directory: Path, periods: list[Period], cells: Cells | None = None) -> Path:
    """Writes eplusout.sql and an empty .err; `cells` are (report, table, row, column): (value, unit)."""
    path = directory / "eplusout.sql"
    (directory / "eplusout.err").write_text("")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO Simulations VALUES (1, 4)")
        for number, period in enumerate(periods, start=1):
            _write_period(connection, number, period)
        for (report, table, row, column), (value, units) in (cells or {}).items():
            connection.execute(
                "INSERT INTO TabularDataWithStrings VALUES (?, ?, 'Entire Facility', ?, ?, ?, ?)",
                (value, report, table, row, column, units),
            )
        connection.commit()
    return path


def _write_period(connection: sqlite3.Connection, number: int, period: Period) -> None:
    connection.execute("INSERT INTO EnvironmentPeriods VALUES (?, ?, ?)", (number, period.name, period.kind))
    connection.execute("INSERT INTO Time VALUES (?, ?, 4, ?)", (number, period.hours * 60, number))
    values = {(1, name): kwh * JOULE_PER_KWH for name, kwh in period.meters.items()}
    values |= {(0, name): value for name, value in period.variables.items()}
    for (is_meter, name), value in values.items():
        added = connection.execute(
            "INSERT INTO ReportData (TimeIndex, ReportDataDictionaryIndex, Value) VALUES (?, ?, ?)",
            (number, _dictionary_index(connection, name, is_meter), value),
        )
        if name in period.peaks:
            connection.execute("INSERT INTO ReportExtendedData VALUES (?, ?)", (added.lastrowid, period.peaks[name]))


def _dictionary_index(connection: sqlite3.Connection, name: str, is_meter: int) -> int:
    find = "SELECT ReportDataDictionaryIndex FROM ReportDataDictionary WHERE Name = ?"
    if (found := connection.execute(find, (name,)).fetchone()) is not None:
        return int(found[0])
    (number,) = connection.execute("SELECT COUNT(*) FROM ReportDataDictionary").fetchone()
    connection.execute("INSERT INTO ReportDataDictionary VALUES (?, ?, ?, 'Run Period')", (number, is_meter, name))
    return int(number)
