"""The demonstration's table: one column per variant, with its difference to the baseline."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table

Value = Callable[[dict[str, Any]], float | None]


def study_table(runs: Sequence[dict[str, Any]], parameter: str) -> Table:
    """Metrics of the runs; the first is the baseline that the others are compared with."""
    annual = all(run["metrics"]["period"]["kind"] == "annual" for run in runs)
    hours = runs[0]["metrics"]["period"]["hours_simulated"]
    table = Table(title=f"Small office, {'one year' if annual else f'over {hours:,.0f} h'}", title_justify="left")
    table.add_column("")
    for index, run in enumerate(runs):
        variant = f"{parameter} x {run['parameters'][parameter]}"
        table.add_column(f"baseline\n{variant}" if index == 0 else f"variant {index}\n{variant}", justify="right")
    per = "kWh/m2.yr" if annual else "kWh/m2"
    for label, value, digits in _rows(per):
        values = [value(run["metrics"]) for run in runs]
        table.add_row(
            label, *(_cell(each, None if index == 0 else values[0], digits) for index, each in enumerate(values))
        )
    return table


def _rows(per: str) -> list[tuple[str, Value, int]]:
    return [
        (f"site energy, {per}", lambda m: m["site_eui_kwh_per_m2"], 1),
        ("heating, kWh", lambda m: m["heating_kwh"], 0),
        ("cooling, kWh", lambda m: m["cooling_kwh"], 0),
        ("interior lighting, kWh", lambda m: m["interior_lighting_kwh"], 0),
        ("interior equipment, kWh", lambda m: m["interior_equipment_kwh"], 0),
        ("peak electricity, W", lambda m: m["peak_electricity_w"], 0),
        ("unmet hours, heating", lambda m: m["unmet_heating_hours"], 0),
        ("unmet hours, cooling", lambda m: m["unmet_cooling_hours"], 0),
        ("warnings", lambda m: m["warnings"], 0),
        ("EnergyPlus, seconds", lambda m: m["engine_seconds"], 1),
    ]


def _cell(value: float | None, baseline: float | None, digits: int) -> str:
    if value is None:
        return "-"
    text = f"{value:,.{digits}f}"
    difference = None if baseline is None else round(value - baseline, digits)
    return text if not difference else f"{text} ({difference:+,.{digits}f})"
