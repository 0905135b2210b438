"""The electricity peak and its time."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.energyplus.catalogue import DEMAND
from shared.energyplus.results.database import WEATHER_RUN_PERIOD, finite
from shared.energyplus.results.tables import WATTS, read_table

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
PEAK_TIME = re.compile(r"(\d\d)-([A-Z]{3})-(\d\d):(\d\d)")


def read_peak(connection: sqlite3.Connection, *, simulated: bool) -> dict[str, Any]:
    """Facility electricity before generation; the time is the one of EnergyPlus's demand table."""
    steps = connection.execute("SELECT MAX(NumTimestepsPerHour) FROM Simulations").fetchone()[0]
    if not simulated or not steps:
        return {"peak_electricity_w": None, "peak_electricity_at": None, "peak_interval_minutes": None}
    table = read_table(connection, DEMAND, "End Uses")
    joules = _meter_joules(connection, "Electricity:Facility")
    # The meter has no maximum when sizing before the run went higher; the table, printed to 0.01 W, always has.
    printed = table.number("Total End Uses", "Electricity", WATTS)
    return {
        "peak_electricity_w": printed if joules is None else joules * int(steps) / 3600,
        "peak_electricity_at": peak_time(table.text("Time of Peak", "Electricity")),
        "peak_interval_minutes": 60 // int(steps),
    }


def peak_time(printed: str) -> str | None:
    """A table's `02-APR-07:30` as `04-02T07:30`; 24:00 is the next day's 00:00. None for what is no such time."""
    found = PEAK_TIME.fullmatch(printed)
    if found is None or found[2] not in MONTHS:
        return None
    # Nearly no weather has a 29 February, so that 28 February 24:00 is 1 March unless the 29th itself is named.
    year = 2024 if (found[1], found[2]) == ("29", "FEB") else 2023
    try:
        day = datetime(year, MONTHS.index(found[2]) + 1, int(found[1]), tzinfo=UTC)
    except ValueError:
        return None
    return f"{day + timedelta(hours=int(found[3]), minutes=int(found[4])):%m-%dT%H:%M}"


def _meter_joules(connection: sqlite3.Connection, meter: str) -> float | None:
    """The largest value of a meter in one time step, in joules; None when it has none.

    EnergyPlus does not reset maxima, neither between run periods nor after sizing, and fills in a large negative
    number for a period that stays below what came before it; so the largest of all is the right one, if there is one.
    """
    (peak,) = connection.execute(
        "SELECT MAX(x.MaxValue) FROM ReportExtendedData x"
        " JOIN ReportData r ON r.ReportDataIndex = x.ReportDataIndex"
        " JOIN ReportDataDictionary d ON d.ReportDataDictionaryIndex = r.ReportDataDictionaryIndex"
        " JOIN Time t ON t.TimeIndex = r.TimeIndex"
        " JOIN EnvironmentPeriods e ON e.EnvironmentPeriodIndex = t.EnvironmentPeriodIndex"
        " WHERE d.Name = ? AND d.ReportingFrequency = 'Run Period' AND e.EnvironmentType = ? AND x.MaxValue > -1e13",
        (meter, WEATHER_RUN_PERIOD),
    ).fetchone()
    return None if peak is None else finite(peak)
