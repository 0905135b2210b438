"""The metrics of a run, as the catalogue names them: null for what was not simulated or does not exist.

Energies come from meters, unrounded; areas, hours and factors from tables, as printed.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from shared.energyplus.catalogue import ANNUAL, CATALOGUE
from shared.energyplus.fuels import END_USES, FUELS
from shared.energyplus.metric import Derived, EndUse, MeterSum, TableCell
from shared.energyplus.results.database import RUN_PERIOD_INTERVAL, WEATHER_RUN_PERIOD, finite, rows, shown
from shared.energyplus.results.meters import Meters, read_meters
from shared.energyplus.results.peak import read_peak
from shared.energyplus.results.sizing import read_sizing
from shared.energyplus.results.tables import FACTOR, KWH, UNITS, read_table

HOURS_OF_A_YEAR = (8760.0, 8784.0)
#: A model may have any number; this many a person can look at.
MAX_PERIODS = 1000
#: ASHRAE 90.1 Appendix G, G3.1.2.3: no more than 300 unmet hours a year.
MAX_UNMET_HOURS = 300.0
#: A table's Total Source is printed to a hundredth; factors times meters must meet it.
SOURCE_TOLERANCE_KWH = 0.006


def read_metrics(connection: sqlite3.Connection) -> dict[str, Any]:
    """Everything the SQLite output says, by the catalogue's names. Raises sqlite3.Error."""
    period = read_period(connection)
    simulated = period["kind"] != "design_days"
    meters = read_meters(connection) if simulated else Meters({})
    end_uses = _end_uses(meters)
    cells = {metric.source for metric in CATALOGUE if isinstance(metric.source, TableCell)}
    tables = {place: read_table(connection, *place) for place in {(cell.report, cell.table) for cell in cells}}
    found: dict[str, Any] = {"period": period, "end_uses": end_uses or None, "sizing": read_sizing(connection)}
    for metric in CATALOGUE:
        match metric.source:
            case MeterSum(names):
                found[metric.name] = meters.sum(names, metric.unit)
            case EndUse(name):
                found[metric.name] = _sum(end_uses.get(name, {}).values())
            case TableCell() as cell:
                printed = tables[cell.report, cell.table].number(cell.row, cell.column, UNITS[metric.unit])
                found[metric.name] = printed if simulated or cell.of_every_run else None
            case Derived():
                # Read above and below, each by a function of its own.
                continue
    found |= _source(connection, meters) if simulated else {"source_energy_kwh": None, "source_factors": None}
    unmet = _sum((found["unmet_heating_hours"], found["unmet_cooling_hours"]))
    return {
        **found,
        **read_peak(connection, simulated=simulated),
        "electricity_to_grid_kwh": _sold(meters),
        "net_site_energy_kwh": _net(found["site_energy_kwh"], meters),
        "site_eui_kwh_per_m2": _per(found["site_energy_kwh"], found["total_area_m2"]),
        "source_eui_kwh_per_m2": _per(found["source_energy_kwh"], found["total_area_m2"]),
        "unmet_hours_exceed_300": None if unmet is None else unmet > MAX_UNMET_HOURS,
    }


def read_period(connection: sqlite3.Connection) -> dict[str, Any]:
    """What was simulated: kind, hours and the environments' names. Nothing is ever scaled up to a year."""
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
    elif len(weather) > 1:
        kind = "multiple"
    else:
        kind = "annual" if hours in HOURS_OF_A_YEAR else "partial"
    return {"kind": kind, "hours_simulated": hours, "environments": [shown(row[0]) for row in periods[:MAX_PERIODS]]}


def _end_uses(meters: Meters) -> dict[str, dict[str, float]]:
    return {
        shown_name: by_fuel
        for end_use, shown_name in END_USES.items()
        if (by_fuel := {FUELS[f][0]: kwh for f in FUELS if (kwh := meters.kwh(f"{end_use}:{f}")) is not None})
    }


def _net(site: float | None, meters: Meters) -> float | None:
    """Site energy less what was generated."""
    electricity, net = meters.kwh("Electricity:Facility"), meters.kwh("ElectricityNet:Facility")
    generated = None if electricity is None or net is None else electricity - net
    return None if site is None else site - (generated or 0.0)


def _sold(meters: Meters) -> float | None:
    """The meter of sold electricity is there, and 0, in models that generate none; that of produced is not."""
    return None if meters.kwh("ElectricityProduced:Facility") is None else meters.kwh("ElectricitySurplusSold:Facility")


def _source(connection: sqlite3.Connection, meters: Meters) -> dict[str, Any]:
    """Total Source from meters and the model's own factors; the printed total where factors vary over time."""
    table = read_table(connection, ANNUAL, "Site to Source Energy Conversion Factors")
    column = "Site=>Source Conversion Factor"
    factors = {
        shown: factor
        for fuel, (shown, row) in FUELS.items()
        if meters.kwh(f"{fuel}:Facility") is not None and (factor := table.number(row, column, FACTOR)) is not None
    }
    sites = read_table(connection, ANNUAL, "Site and Source Energy")
    printed = sites.number("Total Source Energy", "Total Energy", KWH)
    computed = _sum(
        kwh * factors[shown]
        for fuel, (shown, _) in FUELS.items()
        if shown in factors and (kwh := meters.kwh(f"{fuel}:Facility")) is not None
    )
    agree = printed is None or (computed is not None and abs(computed - printed) <= SOURCE_TOLERANCE_KWH)
    return {"source_energy_kwh": computed if agree else printed, "source_factors": factors or None}


def _per(amount: float | None, area: float | None) -> float | None:
    return amount / area if amount is not None and area else None


def _sum(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None
