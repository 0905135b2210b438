"""The period that is simulated: one whole year, sizing periods only, or as the model says.

EnergyPlus's own `-a` flag is never used: on a model with three RunPeriods it stretches the first to a year and still
runs the others.
"""

from typing import Any

from shared.energyplus.formats.document import Document, objects

SIZING_CLASSES = ("SizingPeriod:DesignDay", "SizingPeriod:WeatherFileDays", "SizingPeriod:WeatherFileConditionType")
#: What the one year keeps of the model's first RunPeriod.
KEPT = (
    "day_of_week_for_start_day",
    "use_weather_file_holidays_and_special_days",
    "use_weather_file_daylight_saving_period",
    "apply_weekend_holiday_rule",
    "use_weather_file_rain_indicators",
    "use_weather_file_snow_indicators",
    "treat_weather_as_actual",
)


def set_period(document: Document, annual: bool | None) -> list[str]:
    """Make the model simulate what `annual` says; the changes made."""
    if annual is None:
        return []
    changes = _set_control(document, weather=annual, sizing=not annual)
    if annual:
        changes += _one_year(document)
    return changes


def count_environments(document: Document) -> int:
    """How many periods the model will simulate, sizing calculations not counted."""
    sizing, weather = _control(document)
    days = sum(len(objects(document, name)) for name in SIZING_CLASSES)
    return days * sizing + len(objects(document, "RunPeriod")) * weather


def _control(document: Document) -> tuple[bool, bool]:
    for control in objects(document, "SimulationControl"):
        return (
            _is_yes(control.get("run_simulation_for_sizing_periods")),
            _is_yes(control.get("run_simulation_for_weather_file_run_periods")),
        )
    return True, True


def _is_yes(value: object) -> bool:
    # Both fields default to Yes.
    return str(value or "Yes").strip().lower() == "yes"


def _set_control(document: Document, *, weather: bool, sizing: bool) -> list[str]:
    found = objects(document, "SimulationControl")
    control = found[0] if found else document.add("SimulationControl")
    changes = []
    for field, text, wanted in (
        ("run_simulation_for_sizing_periods", "Run Simulation for Sizing Periods", sizing),
        ("run_simulation_for_weather_file_run_periods", "Run Simulation for Weather File Run Periods", weather),
    ):
        if _is_yes(control.get(field)) is not wanted:
            control[field] = "Yes" if wanted else "No"
            changes.append(f"SimulationControl: {text} set to {'Yes' if wanted else 'No'}")
    return changes


def _one_year(document: Document) -> list[str]:
    periods = objects(document, "RunPeriod")
    first: dict[str, Any] = dict(periods[0].data) if periods else {}
    year = {"begin_month": 1, "begin_day_of_month": 1, "end_month": 12, "end_day_of_month": 31}
    if len(periods) == 1 and all(first.get(field) == value for field, value in year.items()):
        return []
    kept = {field: first[field] for field in KEPT if first.get(field) not in (None, "")}
    if "day_of_week_for_start_day" not in kept and first.get("begin_year"):
        # Without a weekday the calendar year decides which day 1 January is.
        kept |= {"begin_year": first["begin_year"], "end_year": first["begin_year"]}
    changes = []
    for period in periods:
        document.removeidfobject(period)
        changes.append(f"RunPeriod '{period.name}': removed")
    document.add("RunPeriod", "Year", {**year, **kept}, validate=False)
    return [*changes, "RunPeriod 'Year': added, 1 January - 31 December"]
