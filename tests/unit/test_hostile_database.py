"""A harmful eplusout.sql is rejected as unreadable, in bounded time and memory, without side effects."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.energyplus.results.reading import ResultError, read_results
from tests.unit.eplusout import Period, write

# ruff: noqa: S608  (the statements are the tests' own)

ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
TABLE = "DROP TABLE EnvironmentPeriods; CREATE TABLE EnvironmentPeriods "
VIEW = "DROP TABLE EnvironmentPeriods; CREATE VIEW EnvironmentPeriods AS "
TABLES = "DROP TABLE TabularDataWithStrings; CREATE VIEW TabularDataWithStrings AS "
#: The harmful statements, and the expected error message.
MADE = {
    "a view in a table's place": (
        f"{VIEW} SELECT 1 AS EnvironmentPeriodIndex, 'x' AS EnvironmentName, 3 AS x",
        "cannot",
    ),
    "a view that never ends": (
        f"{VIEW} {ENDLESS} SELECT x AS EnvironmentPeriodIndex, 'x' AS EnvironmentName, 3 AS EnvironmentType FROM n",
        "expected|cannot",
    ),
    "the known view, made of something that never ends": (
        f"{TABLES} {ENDLESS} SELECT 'a' Value, 'a' ReportName, 'a' ReportForString, 'a' TableName, 'a' RowName, "
        "'a' ColumnName, 'a' Units FROM n",
        "expected|cannot",
    ),
    "the known view, made of functions": (
        f"{TABLES} SELECT hex(zeroblob(30000)) Value, 'a' ReportName, 'a' ReportForString, 'a' TableName, 'a' RowName, "
        "'a' ColumnName, 'a' Units",
        "expected|cannot",
    ),
    "a column that is computed": (
        f"{TABLE} (EnvironmentPeriodIndex, EnvironmentType, EnvironmentName AS (printf('%.*c', 60000, 'x')));"
        "INSERT INTO EnvironmentPeriods VALUES (1, 3)",
        "not make",
    ),
    "a table that is a program": ("DROP TABLE Time; CREATE VIRTUAL TABLE Time USING fts5(x)", "not make"),
    "a cell of a gigabyte": ("UPDATE EnvironmentPeriods SET EnvironmentName = zeroblob(100000000)", "too big|expected"),
    "more rows than there can be": (
        f"INSERT INTO EnvironmentPeriods {ENDLESS} SELECT x, 'x', 3 FROM n LIMIT 300000",
        "more than EnergyPlus writes",
    ),
    "more text than there can be": (
        f"INSERT INTO EnvironmentPeriods {ENDLESS} SELECT x, hex(zeroblob(30000)), 3 FROM n LIMIT 2000",
        "more than EnergyPlus writes",
    ),
    "time that is infinite": ("UPDATE Time SET Interval = 9e999", "expected"),
    "a text for a number": ("UPDATE Time SET Interval = 'x'", "expected"),
    "half a time step": ("UPDATE Simulations SET NumTimestepsPerHour = 0.5", "expected"),
    "no table at all": ("DROP TABLE Time", "expected|cannot"),
}


def harm(directory: Path, script: str) -> None:
    path = write(directory, [Period("YEAR", 8760, {"Electricity:Facility": 1000.0})])
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
        connection.commit()


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", MADE)
def test_it_is_unreadable_and_says_why(what: str, tmp_path: Path) -> None:
    script, reason = MADE[what]
    harm(tmp_path, script)

    with pytest.raises(ResultError, match=reason):
        read_results(tmp_path, engine_seconds=1.0)


def test_pages_that_are_torn_are_unreadable(tmp_path: Path) -> None:
    harm(tmp_path, "")
    whole = (tmp_path / "eplusout.sql").read_bytes()
    (tmp_path / "eplusout.sql").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    with pytest.raises(ResultError):
        read_results(tmp_path, engine_seconds=1.0)


def test_triggers_of_the_file_do_nothing(tmp_path: Path) -> None:
    harm(tmp_path, "CREATE TRIGGER t AFTER INSERT ON Time BEGIN DELETE FROM Time; END")

    assert read_results(tmp_path, engine_seconds=1.0).metrics["site_energy_kwh"] == 1000.0


def test_names_come_out_as_postgres_can_take_them(tmp_path: Path) -> None:
    harm(
        tmp_path,
        "UPDATE EnvironmentPeriods SET EnvironmentName = 'a' || char(0, 10, 27) || hex(zeroblob(30000));"
        "UPDATE ZoneSizes SET ZoneName = 'z' || char(0)",
    )

    metrics = read_results(tmp_path, engine_seconds=1.0).metrics

    (environment,) = metrics["period"]["environments"]
    assert environment.startswith("a\ufffd\ufffd\ufffd0")
    assert len(environment) == 100
    assert metrics["sizing"]["zones"][0]["zone"] == "z\ufffd"


def test_names_as_long_as_a_field_are_read_and_cut(tmp_path: Path) -> None:
    harm(tmp_path, f"UPDATE EnvironmentPeriods SET EnvironmentName = '{'x' * 70_000}'")

    period = read_results(tmp_path, engine_seconds=1.0).metrics["period"]

    assert period["environments"] == ["x" * 100]
