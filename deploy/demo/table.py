"""The demonstration's table: one column per variant, with its difference to the baseline."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from shared.energyplus.catalogue import BY_NAME

SHOWN = (
    *("site_eui_kwh_per_m2", "heating_kwh", "cooling_kwh", "interior_lighting_kwh", "interior_equipment_kwh"),
    *("peak_electricity_w", "unmet_heating_hours", "unmet_cooling_hours", "warnings", "engine_seconds"),
)


def study_table(runs: Sequence[dict[str, Any]], parameter: str) -> Table:
    """Returns the metrics of the runs as a table; the first run is the baseline of the differences."""
    annual = all(run["metrics"]["period"]["kind"] == "annual" for run in runs)
    hours = runs[0]["metrics"]["period"]["hours_simulated"]
    period = "one year" if annual else f"over {hours:,.0f} h"
    varied = parameter.replace("_", " ")
    table = Table(title=f"Small office, {period}, {varied} (and difference)", title_justify="left")
    table.add_column("", no_wrap=True)
    for index, run in enumerate(runs):
        role = "baseline" if index == 0 else f"variant {index}"
        table.add_column(f"{role}\nx {run['parameters'][parameter]}", justify="right", no_wrap=True)
    for metric in (BY_NAME[name] for name in SHOWN):
        values = [run["metrics"][metric.name] for run in runs]
        # The run time of EnergyPlus depends on the machine, so a difference to the baseline has no meaning.
        baseline = values[0] if metric.name != "engine_seconds" else None
        unit = f"{metric.unit}.yr" if annual and metric.unit == "kWh/m2" else metric.unit
        baselines = [None, *[baseline] * (len(values) - 1)]
        cells = (_cell(v, b, metric.digits) for v, b in zip(values, baselines, strict=True))
        table.add_row(f"{metric.label}, {unit}" if unit else metric.label, *cells)
    return table


def _cell(value: float | None, baseline: float | None, digits: int) -> str:
    if value is None:
        return "-"
    text = f"{value:,.{digits}f}"
    difference = None if baseline is None else round(value - baseline, digits)
    return text if not difference else f"{text} ({difference:+,.{digits}f})"
