"""The metrics of a run by the catalogue's names; null for what was not simulated or does not exist.

Energies and hours come from meters and output variables, unrounded and over all run periods; what has neither comes
from tables, as printed.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from shared.energyplus.catalogue import ANNUAL, CATALOGUE
from shared.energyplus.fuels import END_USES, FUELS
from shared.energyplus.metric import Derived, EndUse, MeterSum, TableCell, VariableSum
from shared.energyplus.results.database import finite, rows
from shared.energyplus.results.environments import read_period
from shared.energyplus.results.meters import Meters, read_meters, read_variables
from shared.energyplus.results.peak import read_peak
from shared.energyplus.results.sizing import read_sizing
from shared.energyplus.results.tables import FACTOR, KWH, UNITS, read_table
from shared.energyplus.results.zones import read_zones

#: Half a digit of the printed total, and rounding; factors are printed with three decimals.
SOURCE_TOLERANCE_KWH = 0.006
#: ASHRAE 90.1 Appendix G, G3.1.2.3: no more than 300 unmet hours a year.
MAX_UNMET_HOURS = 300.0
FACTORS = (ANNUAL, "Site to Source Energy Conversion Factors")
FACTOR_COLUMN = "Site=>Source Conversion Factor"


def read_metrics(connection: sqlite3.Connection, eio: Path) -> dict[str, Any]:
    """Everything the SQLite output says, by the catalogue's names; `eio` dates it. Raises sqlite3.Error."""
    period = read_period(connection, eio)
    simulated = period["kind"] != "design_days"
    meters = read_meters(connection) if simulated else Meters({})
    variables = read_variables(connection) if simulated else {}
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
            case VariableSum(name):
                found[metric.name] = variables.get(name)
            case Derived():
                # Read above and below, each by a function of its own.
                continue
    found |= _source(connection, meters, str(period["kind"]))
    found |= {"total_area_m2": _total_area(connection), "zones": read_zones(connection)}
    unmet = _sum((found["unmet_heating_hours"], found["unmet_cooling_hours"]))
    return {
        **found,
        **read_peak(connection, simulated=simulated),
        "electricity_to_grid_kwh": _sold(meters),
        "unmet_tolerance_k": _both(found["unmet_heating_tolerance_k"], found["unmet_cooling_tolerance_k"]),
        "net_site_energy_kwh": _net(found["site_energy_kwh"], meters),
        "site_eui_kwh_per_m2": _per(found["site_energy_kwh"], found["total_area_m2"]),
        "source_eui_kwh_per_m2": _per(found["source_energy_kwh"], found["total_area_m2"]),
        "unmet_hours_exceed_300": None if unmet is None else unmet > MAX_UNMET_HOURS,
    }


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


def _source(connection: sqlite3.Connection, meters: Meters, period: str) -> dict[str, Any]:
    """Total Source from meters and the model's own factors, which hold for any span where they are constant.

    Of scheduled factors EnergyPlus prints an effective one and a total, over the last run period.
    """
    table = read_table(connection, *FACTORS)
    used = {fuel: kwh for fuel in FUELS if (kwh := meters.kwh(f"{fuel}:Facility")) is not None}
    factors = {fuel: table.number(FUELS[fuel][1], FACTOR_COLUMN, FACTOR) for fuel in used}
    scheduled = [
        FUELS[fuel][0] for fuel, kwh in used.items() if kwh and "schedule" in table.text(FUELS[fuel][1], FACTOR_COLUMN)
    ]
    printed = read_table(connection, ANNUAL, "Site and Source Energy").number(
        "Total Source Energy", "Total Energy", KWH
    )
    energy, note = None, None
    if scheduled and period == "annual":
        energy = printed
    elif scheduled:
        note = f"the source factors of {', '.join(scheduled)} are scheduled, and the period is not one year"
    elif all(factors[fuel] is not None or not kwh for fuel, kwh in used.items()):
        energy = _sum(kwh * factor for fuel, kwh in used.items() if (factor := factors[fuel]) is not None)
        if period != "multiple" and _differ(energy, printed):
            # A factor has more than the three decimals that are printed. The printed total is over the last run period.
            energy = printed
    shown = {FUELS[fuel][0]: factor for fuel, factor in factors.items() if factor is not None}
    return {"source_energy_kwh": energy, "source_energy_note": note, "source_factors": shown or None}


def _differ(energy: float | None, printed: float | None) -> bool:
    return energy is not None and printed is not None and abs(energy - printed) > SOURCE_TOLERANCE_KWH


def _total_area(connection: sqlite3.Connection) -> float | None:
    """Floor area with multipliers, as EnergyPlus adds it up for its tables, which print two decimals."""
    areas = rows(connection, "SELECT FloorArea, Multiplier, ListMultiplier FROM Zones WHERE IsPartOfTotalArea = 1")
    return sum(finite(area) * finite(zone) * finite(group) for area, zone, group in areas) or None


def _both(first: float | None, second: float | None) -> float | None:
    return first if first == second else None


def _per(amount: float | None, area: float | None) -> float | None:
    return amount / area if amount is not None and area else None


def _sum(values: Iterable[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return sum(there) if there else None
