"""The metrics of a run: contract names, units in every key, null for what was not simulated or does not exist.

Energies come from meters, unrounded; areas, hours and factors from tables, as printed.
"""

import sqlite3
from collections.abc import Iterable
from typing import Any

from shared.energyplus.fuels import END_USES, FUELS, OTHER_FUELS
from shared.energyplus.results.database import RUN_PERIOD_INTERVAL, WEATHER_RUN_PERIOD, finite, rows, shown
from shared.energyplus.results.meters import Meters, read_meters
from shared.energyplus.results.peak import read_peak
from shared.energyplus.results.sizing import read_sizing
from shared.energyplus.results.tables import ANNUAL, FACTOR, HOURS, KELVIN, KWH, SQUARE_METRES, Table, read_table

HOURS_OF_A_YEAR = (8760.0, 8784.0)
#: A model may have any number; this many a person can look at.
MAX_PERIODS = 1000
#: ASHRAE 90.1 Appendix G, G3.1.2.3: no more than 300 unmet hours a year.
MAX_UNMET_HOURS = 300.0
#: A table's Total Source is printed to a hundredth; factors times meters must meet it.
SOURCE_TOLERANCE_KWH = 0.006


def read_metrics(connection: sqlite3.Connection) -> dict[str, Any]:
    """Everything the SQLite output says, by the contract's keys. Raises sqlite3.Error."""
    period = read_period(connection)
    simulated = period["kind"] != "design_days"
    meters = read_meters(connection) if simulated else Meters({})
    area = read_table(connection, ANNUAL, "Building Area")
    total_area = area.number("Total Building Area", "Area", SQUARE_METRES)
    energy = _energy(meters)
    source = _source(connection, meters) if simulated else {"source_energy_kwh": None, "source_factors": None}
    return {
        "period": period,
        **energy,
        **source,
        "site_eui_kwh_per_m2": _per(energy["site_energy_kwh"], total_area),
        "source_eui_kwh_per_m2": _per(source["source_energy_kwh"], total_area),
        "total_area_m2": total_area,
        "conditioned_area_m2": area.number("Net Conditioned Building Area", "Area", SQUARE_METRES),
        **read_peak(connection, simulated=simulated),
        **_hours(connection, simulated),
        "sizing": read_sizing(connection),
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


def _hours(connection: sqlite3.Connection, simulated: bool) -> dict[str, Any]:
    comfort = read_table(connection, ANNUAL, "Comfort and Setpoint Not Met Summary") if simulated else Table({})
    criteria = read_table(connection, ANNUAL, "Setpoint Not Met Criteria")

    def hours(row: str) -> float | None:
        return comfort.number(row, "Facility", HOURS)

    heating = hours("Time Setpoint Not Met During Occupied Heating")
    cooling = hours("Time Setpoint Not Met During Occupied Cooling")
    unmet = _sum((heating, cooling))
    return {
        "unmet_heating_hours": heating,
        "unmet_cooling_hours": cooling,
        "unmet_hours_exceed_300": None if unmet is None else unmet > MAX_UNMET_HOURS,
        "unmet_tolerance_k": criteria.number("Tolerance for Zone Heating Setpoint Not Met Time", "Degrees", KELVIN),
        "not_comfortable_hours": hours("Time Not Comfortable Based on Simple ASHRAE 55-2004"),
    }


def _per(amount: float | None, area: float | None) -> float | None:
    return amount / area if amount is not None and area else None


def _sum(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None
