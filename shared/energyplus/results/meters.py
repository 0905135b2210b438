"""Meters and output variables of the weather run periods, summed over them: joules, m3 or hours, unrounded."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from shared.energyplus.results.database import RUN_PERIOD_INTERVAL, WEATHER_RUN_PERIOD, finite, rows

JOULE_PER_KWH = 3.6e6
#: What a meter counts, joule or m3, per unit of a metric.
PER_UNIT = {"kWh": JOULE_PER_KWH, "m3": 1.0}


@dataclass(frozen=True, slots=True)
class Meters:
    """Totals by meter name, in the meter's own unit."""

    totals: dict[str, float]

    def kwh(self, name: str) -> float | None:
        """Energy of a meter in kWh; None when the model has no such meter."""
        joules = self.totals.get(name)
        return None if joules is None else joules / JOULE_PER_KWH

    def sum(self, names: Iterable[str], unit: str) -> float | None:
        """The sum of those meters that the model has, in kWh or, for water, m3; None when it has none of them."""
        there = [amount / PER_UNIT[unit] for name in names if (amount := self.totals.get(name)) is not None]
        return sum(there) if there else None


def read_meters(connection: sqlite3.Connection) -> Meters:
    """Every meter reported once per run period, over all weather run periods, warm-up and design days left out."""
    return Meters(_totals(connection, is_meter=True))


def read_variables(connection: sqlite3.Connection) -> dict[str, float]:
    """Every output variable reported once per run period, likewise, over all its keys and in its own unit."""
    return _totals(connection, is_meter=False)


def _totals(connection: sqlite3.Connection, *, is_meter: bool) -> dict[str, float]:
    found = rows(
        connection,
        "SELECT d.Name, SUM(r.Value) FROM ReportData r"
        " JOIN ReportDataDictionary d ON d.ReportDataDictionaryIndex = r.ReportDataDictionaryIndex"
        " JOIN Time t ON t.TimeIndex = r.TimeIndex"
        " JOIN EnvironmentPeriods e ON e.EnvironmentPeriodIndex = t.EnvironmentPeriodIndex"
        " WHERE d.IsMeter = ? AND d.ReportingFrequency = 'Run Period' AND t.IntervalType = ?"
        " AND e.EnvironmentType = ? GROUP BY d.Name",
        (int(is_meter), RUN_PERIOD_INTERVAL, WEATHER_RUN_PERIOD),
    )
    return {str(name): finite(value) for name, value in found}
