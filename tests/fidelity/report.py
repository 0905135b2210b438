"""EnergyPlus's HTML report of a run by hand, and our metrics printed as the report prints them."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

#: Row of the report -> metric, for tables whose first column is the total.
ENERGY = {"Total Site Energy": "site", "Total Source Energy": "source"}
AREAS = {"Total Building Area": "total_area_m2", "Net Conditioned Building Area": "conditioned_area_m2"}
HOURS = {
    "Time Setpoint Not Met During Occupied Heating": "unmet_heating_hours",
    "Time Setpoint Not Met During Occupied Cooling": "unmet_cooling_hours",
    "Time Not Comfortable Based on Simple ASHRAE 55-2004": "not_comfortable_hours",
}
END_USES = {
    "Heating": "heating",
    "Cooling": "cooling",
    "Interior Lighting": "interior_lighting",
    "Exterior Lighting": "exterior_lighting",
    "Interior Equipment": "interior_equipment",
    "Exterior Equipment": "exterior_equipment",
    "Fans": "fans",
    "Pumps": "pumps",
    "Heat Rejection": "heat_rejection",
    "Humidification": "humidification",
    "Heat Recovery": "heat_recovery",
    "Water Systems": "water_systems",
    "Refrigeration": "refrigeration",
    "Generators": "generators",
}
UNIT = re.compile(r"(.*) \[(?:GJ|m3)\]")


def printed(directory: Path) -> dict[str, str]:
    """The figures of the annual summary in `directory`, as they are printed; end uses by "end use/fuel"."""
    page = (directory / "eplustbl.htm").read_text(encoding="utf-8", errors="replace")
    found = {}
    for row, energy in ENERGY.items():
        cells = _table(page, "Site and Source Energy")[row]
        found[f"{energy}_gj"], found[f"{energy}_mj_per_m2"] = cells[0], cells[1]
    found |= {metric: _table(page, "Building Area")[row][0] for row, metric in AREAS.items()}
    found |= {metric: _table(page, "Comfort and Setpoint Not Met Summary")[row][0] for row, metric in HOURS.items()}
    end_uses = _table(page, "End Uses")
    fuels = [match[1].lower().replace(" ", "_") if (match := UNIT.match(name)) else "" for name in end_uses[""]]
    for row, name in END_USES.items():
        found |= {f"{name}/{fuel}": cell for fuel, cell in zip(fuels, end_uses[row], strict=True) if fuel != "water"}
    return found


def as_printed(metrics: dict[str, Any]) -> dict[str, str]:
    """The same figures from metrics."""
    found = {}
    for energy in ENERGY.values():
        found[f"{energy}_gj"] = f"{metrics[f'{energy}_energy_kwh'] * 3.6e-3:.2f}"
        found[f"{energy}_mj_per_m2"] = f"{metrics[f'{energy}_eui_kwh_per_m2'] * 3.6:.2f}"
    found |= {metric: f"{metrics[metric]:.2f}" for metric in (*AREAS.values(), *HOURS.values())}
    for name, by_fuel in metrics["end_uses"].items():
        found |= {f"{name}/{fuel}": f"{kwh * 3.6e-3:.2f}" for fuel, kwh in by_fuel.items()}
    return found


def differences(metrics: dict[str, Any], directory: Path) -> list[str]:
    """Figures that our metrics print otherwise than the report; a fuel without a meter is a zero of the report."""
    ours, theirs = as_printed(metrics), printed(directory)
    return [
        f"{name}: {ours.get(name, '0.00')}, and EnergyPlus prints {theirs.get(name, 'nothing')}"
        for name in sorted(ours | theirs)
        if ours.get(name, "0.00") != theirs.get(name)
    ]


def _table(page: str, title: str) -> dict[str, list[str]]:
    """The cells of the first table of that title, by row name; the header row has the name of none."""
    start = page.index(f"<b>{title}</b>")
    # An empty row sets the totals apart; the first without a name is the header.
    return dict(reversed(list(_rows(page[start : page.index("</table>", start)]))))


def _rows(table: str) -> Iterator[tuple[str, list[str]]]:
    for row in table.split("<tr>")[1:]:
        name, *cells = (unescape(cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL))
        yield name.removeprefix("&nbsp;").strip("\u00a0"), cells
