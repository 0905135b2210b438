"""The demonstration's table: one column per variant, with its difference to the baseline."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table

Value = Callable[[dict[str, Any]], float | None]


def study_table(runs: Sequence[dict[str, Any]], parameter: str) -> Table:
    """Metrics of the runs; the first is the baseline that the others are compared with."""
    annual = all(run["metrics"]["period"]["kind"] == "annual" for run in runs)
    hours = runs[0]["metrics"]["period"]["hours_simulated"]
    period = "one year" if annual else f"over {hours:,.0f} h"
    table = Table(title=f"Small office, {period}, {parameter} (and difference)", title_justify="left")
    table.add_column("", no_wrap=True)
    for index, run in enumerate(runs):
        role = "baseline" if index == 0 else f"variant {index}"
        table.add_column(f"{role}\nx {run['parameters'][parameter]}", justify="right", no_wrap=True)
    per = "kWh/m2.yr" if annual else "kWh/m2"
    for label, value, digits in _rows(per):
        values = [value(run["metrics"]) for run in runs]
        baselines = [None, *values[:1] * (len(values) - 1)]
        table.add_row(label, *(_cell(v, b, digits) for v, b in zip(values, baselines, strict=True)))
    table.add_row("EnergyPlus, s", *(_cell(run["metrics"]["engine_seconds"], None, 1) for run in runs))
    return table


def _rows(per: str) -> list[tuple[str, Value, int]]:
    return [
        (f"site energy, {per}", lambda m: m["site_eui_kwh_per_m2"], 1),
        ("heating, kWh", lambda m: m["heating_kwh"], 0),
        ("cooling, kWh", lambda m: m["cooling_kwh"], 0),
        ("lighting, kWh", lambda m: m["interior_lighting_kwh"], 0),
        ("equipment, kWh", lambda m: m["interior_equipment_kwh"], 0),
        ("peak, W", lambda m: m["peak_electricity_w"], 0),
        ("unmet heating, h", lambda m: m["unmet_heating_hours"], 0),
        ("unmet cooling, h", lambda m: m["unmet_cooling_hours"], 0),
        ("warnings", lambda m: m["warnings"], 0),
    ]


def _cell(value: float | None, baseline: float | None, digits: int) -> str:
    if value is None:
        return "-"
    text = f"{value:,.{digits}f}"
    difference = None if baseline is None else round(value - baseline, digits)
    return text if not difference else f"{text} ({difference:+,.{digits}f})"
