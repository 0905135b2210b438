"""EnergyPlus's SQLite output, opened read-only, with limits against damaged and hostile files."""

import math
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from shared.energyplus.untrusted_file import is_plain
from shared.errors import InternalFault

#: EnvironmentPeriods.EnvironmentType of a weather run period (1: design day, 2: weather file days for sizing).
WEATHER_RUN_PERIOD = 3
#: Time.IntervalType of values reported once per run period.
RUN_PERIOD_INTERVAL = 4
#: A progress handler is called every so many steps of SQLite's machine; a hostile file must not hold a thread.
STEPS = 1_000_000
MAX_SECONDS = 120.0
#: EnergyPlus's longest cells are names, which are as long as the model's fields (four bytes a character at most); its
#: largest table that is read has a row for every meter.
MAX_CELL_BYTES = 4 << 20
MAX_ROWS = 200_000
MAX_BYTES = 64 << 20
#: The one view of EnergyPlus's that is read, and what it is made of; another could be anything.
VIEW, VIEWED = "TabularDataWithStrings", ("TabularData", "Strings")
FUNCTIONS = ("sum", "max")
#: A table that is a program of SQLite's own, or computes its columns; EnergyPlus makes none.
COMPUTED = re.compile(r"\bVIRTUAL\b|\bAS\b", re.IGNORECASE)
#: EnergyPlus's own limit of a name, when it had one. With it all names of a result fit into a reply of a helper.
SHOWN_CHARACTERS = 100


class ResultError(InternalFault):
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
    if not is_plain(path):
        raise ResultError("it left no eplusout.sql")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            deadline = time.monotonic() + MAX_SECONDS
            connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL_BYTES)
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.set_authorizer(_authorize)
            for (made,) in rows(connection, "SELECT sql FROM sqlite_master WHERE type = 'table'"):
                if COMPUTED.search(str(made)):
                    raise ResultError("eplusout.sql has tables that EnergyPlus does not make")
            yield connection
    except sqlite3.Error as error:
        raise ResultError(f"eplusout.sql cannot be read: {error}") from error


def rows(connection: sqlite3.Connection, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """All rows of a query. Raises ResultError when they are more than any EnergyPlus writes, and sqlite3.Error."""
    found: list[tuple[Any, ...]] = []
    held = 0
    for row in connection.execute(query, parameters):
        held += sum(len(cell) for cell in row if isinstance(cell, str | bytes))
        if len(found) >= MAX_ROWS or held > MAX_BYTES:
            raise ResultError("eplusout.sql holds more than EnergyPlus writes")
        found.append(row)
    return found


def shown(value: object) -> str:
    """A name as Postgres and a person can take it."""
    return re.sub(r"[\x00-\x1f\x7f]", "\N{REPLACEMENT CHARACTER}", str(value)[:SHOWN_CHARACTERS])


def _authorize(action: int, first: str | None, second: str | None, _: str | None, inside: str | None) -> int:
    """What a statement may do, the file's own views and computed columns included."""
    allowed = (
        action == sqlite3.SQLITE_SELECT
        or (action == sqlite3.SQLITE_READ and (inside is None or (inside == VIEW and first in VIEWED)))
        or (action == sqlite3.SQLITE_FUNCTION and inside is None and str(second).lower() in FUNCTIONS)
    )
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
