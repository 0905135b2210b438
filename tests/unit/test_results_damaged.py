"""Results that are missing, damaged or no results at all."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.energyplus.results.reading import ResultError, read_results
from tests.unit.eplusout import Period, write
from tests.unit.results import HOUSE, TABLES


def test_a_missing_database_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ResultError, match=r"left no eplusout\.sql"):
        read_results(tmp_path, engine_seconds=1)


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "eplusout.sql").symlink_to(write(elsewhere, [Period("YEAR", 8760)]))

    with pytest.raises(ResultError, match=r"left no eplusout\.sql"):
        read_results(tmp_path, engine_seconds=1)


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_what_is_no_database_is_an_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "eplusout.sql").write_bytes(content)

    with pytest.raises(ResultError, match=r"eplusout\.sql"):
        read_results(tmp_path, engine_seconds=1)


def test_a_database_cut_in_half_is_an_error(tmp_path: Path) -> None:
    path = write(tmp_path, [Period("YEAR", 8760, HOUSE)], TABLES)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(ResultError, match=r"eplusout\.sql"):
        read_results(tmp_path, engine_seconds=1)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ReportData SET Value = 9e999",
        "UPDATE Time SET Interval = 'long'",
        "UPDATE ZoneSizes SET UserDesLoad = NULL",
        "DROP TABLE EnvironmentPeriods",
    ],
)
def test_values_that_are_no_numbers_are_an_error(tmp_path: Path, damage: str) -> None:
    path = write(tmp_path, [Period("YEAR", 8760, HOUSE)], TABLES)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(damage)
        connection.commit()

    with pytest.raises(ResultError, match=r"eplusout\.sql"):
        read_results(tmp_path, engine_seconds=1)
