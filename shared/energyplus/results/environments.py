"""The simulated period: environments of the SQLite output, with their dates from eplusout.eio."""

import re
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from shared.energyplus.dates import is_year
from shared.energyplus.results.database import RUN_PERIOD_INTERVAL, WEATHER_RUN_PERIOD, finite, rows, shown
from shared.energyplus.untrusted_file import read_ends

HOURS_OF_A_YEAR = (8760.0, 8784.0)
#: A model may have any number; this many a person can look at.
MAX_PERIODS = 1000
#: The lines of the environments are spread over the file; the rest of it grows with the surfaces of the model.
EIO_BYTES = 64 << 20
ENVIRONMENT = re.compile(
    rb"^ *Environment,[^,\n]*, *WeatherFileRunPeriod, *(\d\d/\d\d/\d{4}), *(\d\d/\d\d/\d{4}),", re.MULTILINE
)


def read_period(connection: sqlite3.Connection, eio: Path) -> dict[str, Any]:
    """Kind, hours and the environments' names. Nothing is ever scaled up to a year.

    `annual` is one run period from a date to the day before that date a year later; `multiple` are several, or one that
    is longer than a leap year.
    """
    environments = rows(
        connection,
        "SELECT e.EnvironmentName, e.EnvironmentType,"
        " (SELECT MAX(t.Interval) FROM Time t"
        "  WHERE t.EnvironmentPeriodIndex = e.EnvironmentPeriodIndex AND t.IntervalType = ?)"
        " FROM EnvironmentPeriods e ORDER BY e.EnvironmentPeriodIndex",
        (RUN_PERIOD_INTERVAL,),
    )
    weather = [row for row in environments if row[1] == WEATHER_RUN_PERIOD]
    periods = weather or environments
    hours = finite(sum(minutes or 0 for _, _, minutes in weather) / 60)
    if not weather:
        kind = "design_days"
    elif len(weather) > 1 or hours > max(HOURS_OF_A_YEAR):
        kind = "multiple"
    else:
        kind = "annual" if hours in HOURS_OF_A_YEAR and _is_year(eio) else "partial"
    return {"kind": kind, "hours_simulated": hours, "environments": [shown(row[0]) for row in periods[:MAX_PERIODS]]}


def _is_year(eio: Path) -> bool:
    """By the dates of the one run period; a file without them says nothing against it."""
    head, _ = read_ends(eio, EIO_BYTES, 0)
    found = ENVIRONMENT.findall(head)
    try:
        dates = [(_date(begin), _date(end)) for begin, end in found]
    except ValueError:
        return False
    return all(is_year(begin, end) for begin, end in dates)


def _date(text: bytes) -> date:
    return datetime.strptime(text.decode(), "%m/%d/%Y").replace(tzinfo=UTC).date()
