"""EnergyPlus's SQLite output, opened read-only and as something that may be broken or made to break us."""

import math
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

#: EnvironmentPeriods.EnvironmentType of a weather run period (1: design day, 2: weather file days for sizing).
WEATHER_RUN_PERIOD = 3
#: Time.IntervalType of values reported once per run period.
RUN_PERIOD_INTERVAL = 4
#: A progress handler is called every so many steps of SQLite's machine; a hostile file must not hold a thread.
STEPS = 1_000_000
MOST_CALLS = 2_000


class ResultError(Exception):
    """EnergyPlus said that it succeeded, but its results cannot be read."""


def finite(value: Any) -> float:
    """A number that JSON can say. Raises TypeError, ValueError."""
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is no finite number")
    return number


@contextmanager
def open_results(path: Path) -> Iterator[sqlite3.Connection]:
    """A read-only connection. Raises ResultError."""
    if not path.is_file() or path.is_symlink():
        raise ResultError("it left no eplusout.sql")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            calls = iter(range(MOST_CALLS))
            connection.set_progress_handler(lambda: next(calls, None) is None, STEPS)
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    except sqlite3.Error as error:
        raise ResultError(f"eplusout.sql cannot be read: {error}") from error
