"""The metrics of a run: contract names, units in every key, null for what was not simulated or does not exist.

Energies come from meters, unrounded; areas, hours and factors from tables, as printed.
"""

import re
import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sim_worker.energyplus.database import RUN_PERIOD_INTERVAL, WEATHER_RUN_PERIOD, Cell, read_table
from sim_worker.energyplus.fuels import END_USES, FUELS, OTHER_FUELS
from sim_worker.energyplus.meters import Meters, read_meters, read_peak_joules
from sim_worker.energyplus.sizing import read_sizing

ANNUAL = "AnnualBuildingUtilityPerformanceSummary"
HOURS_OF_A_YEAR = (8760.0, 8784.0)
#: ASHRAE 90.1 Appendix G, G3.1.2.3: no more than 300 unmet hours a year.
MOST_UNMET_HOURS = 300.0
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
PEAK_TIME = re.compile(r"(\d\d)-([A-Z]{3})-(\d\d):(\d\d)")
#: Units that a table may be printed in, by the model's unit conversion, and their factors to ours.
KWH = {"kWh": 1.0, "GJ": 1e9 / 3.6e6, "MJ": 1e6 / 3.6e6, "kBtu": 1055.05585262 / 3600}
WATTS = {"W": 1.0, "kW": 1000.0, "kBtuh": 1055.05585262 / 3.6}
SQUARE_METRES = {"m2": 1.0, "ft2": 0.3048**2}
KELVIN = {"C": 1.0, "deltaC": 1.0, "F": 5 / 9, "deltaF": 5 / 9}
#: A table's Total Source is printed to a hundredth; factors times meters must meet it.
SOURCE_TOLERANCE_KWH = 0.006


def read_metrics(connection: sqlite3.Connection) -> dict[str, Any]:
    """Everything the SQLite output says, by the contract's keys. Raises sqlite3.Error."""
    period = read_period(connection)
    simulated = period["kind"] != "design_days"
    meters = read_meters(connection) if simulated else Meters({})
    area = read_table(connection, ANNUAL, "Building Area")
    total_area = _in(SQUARE_METRES, area.get(("Total Building Area", "Area")))
    energy = _energy(meters)
    source = _source(connection, meters) if simulated else {"source_energy_kwh": None, "source_factors": None}
    return {
        "period": period,
        **energy,
        **source,
        "site_eui_kwh_per_m2": _per(energy["site_energy_kwh"], total_area),
        "source_eui_kwh_per_m2": _per(source["source_energy_kwh"], total_area),
        "total_area_m2": total_area,
        "conditioned_area_m2": _in(SQUARE_METRES, area.get(("Net Conditioned Building Area", "Area"))),
        **_peak(connection, simulated),
        **_hours(connection, simulated),
        "sizing": read_sizing(connection),
    }


def read_period(connection: sqlite3.Connection) -> dict[str, Any]:
    """What was simulated: kind, hours and the environments' names. Nothing is ever scaled up to a year."""
    environments = connection.execute(
        "SELECT e.EnvironmentName, e.EnvironmentType,"
        " (SELECT MAX(t.Interval) FROM Time t"
        "  WHERE t.EnvironmentPeriodIndex = e.EnvironmentPeriodIndex AND t.IntervalType = ?)"
        " FROM EnvironmentPeriods e ORDER BY e.EnvironmentPeriodIndex",
        (RUN_PERIOD_INTERVAL,),
    ).fetchall()
    weather = [row for row in environments if row[1] == WEATHER_RUN_PERIOD]
    shown = weather or environments
    hours = sum(minutes or 0 for _, _, minutes in weather) / 60
    if not weather:
        kind = "design_days"
    elif len(weather) > 1:
        kind = "multiple"
    else:
        kind = "annual" if hours in HOURS_OF_A_YEAR else "partial"
    return {"kind": kind, "hours_simulated": hours, "environments": [str(row[0]) for row in shown]}


def _energy(meters: Meters) -> dict[str, Any]:
    end_uses = {
        shown: by_fuel
        for end_use, shown in END_USES.items()
        if (by_fuel := {FUELS[f][0]: kwh for f in FUELS if (kwh := meters.kwh(f"{end_use}:{f}")) is not None})
    }

    def facility(*fuels: str) -> float | None:
        return _sum(meters.kwh(f"{fuel}:Facility") for fuel in fuels)

    def end_use(name: str) -> float | None:
        return _sum(end_uses.get(name, {}).values())

    site, electricity, net = facility(*FUELS), facility("Electricity"), meters.kwh("ElectricityNet:Facility")
    generated = None if electricity is None or net is None else electricity - net
    return {
        "site_energy_kwh": site,
        "net_site_energy_kwh": None if site is None else site - (generated or 0.0),
        "heating_kwh": end_use("heating"),
        "cooling_kwh": end_use("cooling"),
        "interior_lighting_kwh": end_use("interior_lighting"),
        "interior_equipment_kwh": end_use("interior_equipment"),
        "fans_kwh": end_use("fans"),
        "pumps_kwh": end_use("pumps"),
        "water_systems_kwh": end_use("water_systems"),
        "electricity_kwh": electricity,
        "electricity_purchased_kwh": meters.kwh("ElectricityPurchased:Facility"),
        "pv_kwh": meters.kwh("Photovoltaic:ElectricityProduced"),
        "natural_gas_kwh": facility("NaturalGas"),
        "district_heating_kwh": facility("DistrictHeatingWater", "DistrictHeatingSteam"),
        "district_cooling_kwh": facility("DistrictCooling"),
        "other_fuels_kwh": facility(*OTHER_FUELS),
        "water_m3": meters.totals.get("Water:Facility"),
        "end_uses": end_uses or None,
    }


def _source(connection: sqlite3.Connection, meters: Meters) -> dict[str, Any]:
    """Total Source from meters and the model's own factors; the printed total where factors vary over time."""
    table = read_table(connection, ANNUAL, "Site to Source Energy Conversion Factors")
    column = "Site=>Source Conversion Factor"
    factors = {
        shown: factor
        for fuel, (shown, row) in FUELS.items()
        if meters.kwh(f"{fuel}:Facility") is not None and (factor := _number(table, row, column)) is not None
    }
    sites = read_table(connection, ANNUAL, "Site and Source Energy")
    printed = _in(KWH, sites.get(("Total Source Energy", "Total Energy")))
    computed = _sum(
        kwh * factors[shown]
        for fuel, (shown, _) in FUELS.items()
        if shown in factors and (kwh := meters.kwh(f"{fuel}:Facility")) is not None
    )
    agree = printed is None or (computed is not None and abs(computed - printed) <= SOURCE_TOLERANCE_KWH)
    return {"source_energy_kwh": computed if agree else printed, "source_factors": factors or None}


def peak_time(printed: str) -> str | None:
    """A table's `02-APR-07:30` as `04-02T07:30`; 24:00 is the next day's 00:00. None for what is no such time."""
    found = PEAK_TIME.fullmatch(printed)
    if found is None or found[2] not in MONTHS:
        return None
    # A year without 29 February: that day is only ever printed for weather of a leap year, which has it.
    year = 2024 if (found[1], found[2]) == ("29", "FEB") else 2023
    try:
        day = datetime(year, MONTHS.index(found[2]) + 1, int(found[1]), tzinfo=UTC)
    except ValueError:
        return None
    return f"{day + timedelta(hours=int(found[3]), minutes=int(found[4])):%m-%dT%H:%M}"


def _peak(connection: sqlite3.Connection, simulated: bool) -> dict[str, Any]:
    """Facility electricity before generation; the time is the one of EnergyPlus's demand table."""
    steps = connection.execute("SELECT MAX(NumTimestepsPerHour) FROM Simulations").fetchone()[0]
    if not simulated or not steps:
        return {"peak_electricity_w": None, "peak_electricity_at": None, "peak_interval_minutes": None}
    table = read_table(connection, "DemandEndUseComponentsSummary", "End Uses")
    joules = read_peak_joules(connection, "Electricity:Facility")
    # The meter has no maximum when sizing before the run went higher; the table, printed to 0.01 W, always has.
    printed = _in(WATTS, table.get(("Total End Uses", "Electricity")))
    cell = table.get(("Time of Peak", "Electricity"))
    return {
        "peak_electricity_w": printed if joules is None else joules * int(steps) / 3600,
        "peak_electricity_at": peak_time(cell.text) if cell else None,
        "peak_interval_minutes": 60 // int(steps),
    }


def _hours(connection: sqlite3.Connection, simulated: bool) -> dict[str, Any]:
    comfort = read_table(connection, ANNUAL, "Comfort and Setpoint Not Met Summary") if simulated else {}
    criteria = read_table(connection, ANNUAL, "Setpoint Not Met Criteria")
    heating = _number(comfort, "Time Setpoint Not Met During Occupied Heating", "Facility")
    cooling = _number(comfort, "Time Setpoint Not Met During Occupied Cooling", "Facility")
    unmet = _sum(hours for hours in (heating, cooling) if hours is not None)
    return {
        "unmet_heating_hours": heating,
        "unmet_cooling_hours": cooling,
        "unmet_hours_exceed_300": None if unmet is None else unmet > MOST_UNMET_HOURS,
        "unmet_tolerance_k": _in(KELVIN, criteria.get(("Tolerance for Zone Heating Setpoint Not Met Time", "Degrees"))),
        "not_comfortable_hours": _number(comfort, "Time Not Comfortable Based on Simple ASHRAE 55-2004", "Facility"),
    }


def _in(units: dict[str, float], cell: Cell | None) -> float | None:
    """A printed number in the unit whose factor is 1, by the unit of the cell itself; None for a unit not known."""
    if cell is None or cell.number is None or cell.units not in units:
        return None
    return cell.number * units[cell.units]


def _number(table: dict[tuple[str, str], Cell], row: str, column: str) -> float | None:
    cell = table.get((row, column))
    return cell.number if cell is not None else None


def _per(amount: float | None, area: float | None) -> float | None:
    return amount / area if amount is not None and area else None


def _sum(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None
