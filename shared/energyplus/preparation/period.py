"""The period that is simulated: one whole year, sizing periods only, or as the model says.

EnergyPlus's own `-a` flag is never used: on a model with three RunPeriods it stretches the first to a year and still
runs the others.
"""

from datetime import date
from typing import Any

from shared.energyplus.dates import is_year
from shared.energyplus.formats.document import Document, ModelObject, shown_name, snake_case
from shared.energyplus.preparation.changes import summarised

SIZING_CLASSES = ("SizingPeriod:DesignDay", "SizingPeriod:WeatherFileDays", "SizingPeriod:WeatherFileConditionType")
#: What the one year keeps of the model's first RunPeriod.
KEPT = (
    "use_weather_file_holidays_and_special_days",
    "use_weather_file_daylight_saving_period",
    "apply_weekend_holiday_rule",
    "use_weather_file_rain_indicators",
    "use_weather_file_snow_indicators",
    "treat_weather_as_actual",
)
#: What the year and the weekdays of the one year follow from.
OF_BEGINNING = ("begin_year", "day_of_week_for_start_day")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: EnergyPlus takes a RunPeriod without a year for one of a year without 29 February.
COMMON_YEAR = 2023
DAYS_OF_YEAR = 365


def set_period(document: Document, annual: bool | None, *, weather_year: int | None = None) -> list[str]:
    """Make the model simulate what `annual` says; the changes made.

    `weather_year` is the year that the weather file gives for its first day, used where the model treats weather as
    actual without naming a year.
    """
    if annual is None:
        return []
    changes = _set_control(document, weather=annual, sizing=not annual)
    if annual:
        return changes + _one_year(document, weather_year)
    # EnergyPlus looks for the dates of every RunPeriod in the weather file, also of those that it does not run.
    return changes + _remove_all(document)


def days_of(period: ModelObject) -> int:
    """The days of a RunPeriod, as far as its dates say; else those of a year."""
    dates = dates_of(period)
    return (dates[1] - dates[0]).days + 1 if dates else DAYS_OF_YEAR


def control(document: Document) -> tuple[bool, bool]:
    """Whether sizing periods are simulated, and whether weather run periods are."""
    for control in document.objects("SimulationControl"):
        return (
            _is_yes(control.get("run_simulation_for_sizing_periods")),
            _is_yes(control.get("run_simulation_for_weather_file_run_periods")),
        )
    return True, True


def _is_yes(value: object, default: str = "Yes") -> bool:
    return str(value or default).strip().lower() == "yes"


def _set_control(document: Document, *, weather: bool, sizing: bool) -> list[str]:
    found = document.objects("SimulationControl")
    control = found[0] if found else document.add("SimulationControl")
    changes = []
    for field, text, wanted in (
        ("run_simulation_for_sizing_periods", "Run Simulation for Sizing Periods", sizing),
        ("run_simulation_for_weather_file_run_periods", "Run Simulation for Weather File Run Periods", weather),
    ):
        if _is_yes(control.get(field)) is not wanted:
            control.set(field, "Yes" if wanted else "No")
            changes.append(f"SimulationControl: {text} set to {'Yes' if wanted else 'No'}")
    return changes


def _remove_all(document: Document) -> list[str]:
    changes = []
    for period in document.objects("RunPeriod"):
        document.remove(period)
        changes.append(f"{shown_name(period)}: removed")
    return summarised(changes, "RunPeriod", "removed")


def _one_year(document: Document, weather_year: int | None) -> list[str]:
    periods = document.objects("RunPeriod")
    if len(periods) == 1 and _is_whole_year(periods[0]):
        return []
    fields: dict[str, Any] = {"begin_month": 1, "begin_day_of_month": 1, "end_month": 12, "end_day_of_month": 31}
    if periods:
        fields |= {field: value for field in KEPT if (value := periods[0].get(field)) is not None}
        fields |= _beginning(periods[0], weather_year)
    changes = _remove_all(document)
    document.add("RunPeriod", "Year", **fields)
    year = f" {fields['begin_year']}" if "begin_year" in fields else ""
    day = f", 1 January a {fields['day_of_week_for_start_day']}" if "day_of_week_for_start_day" in fields else ""
    return [*changes, f"RunPeriod 'Year': added, 1 January - 31 December{year}{day}"]


def is_replaced(field: str, annual: bool | None) -> bool:
    """Whether a change of this field of the model's run periods has no effect with `annual`."""
    return annual is False or (annual is True and snake_case(field) not in (*KEPT, *OF_BEGINNING))


def _is_whole_year(period: ModelObject) -> bool:
    dates = dates_of(period)
    return dates is not None and is_year(*dates)


def dates_of(period: ModelObject) -> tuple[date, date] | None:
    """First and last day; None where EnergyPlus would find none. Without an end year the end is the next such day."""
    begin_year, end_year = (_integer(period.get(f"{end}_year")) for end in ("begin", "end"))
    begin = _day(period, "begin", begin_year or COMMON_YEAR)
    if begin is None or (end_year and not begin_year):
        return None
    for year in (end_year,) if end_year else (begin.year, begin.year + 1):
        end = _day(period, "end", year)
        if end is not None and end >= begin:
            return begin, end
    return None


def _beginning(period: ModelObject, weather_year: int | None) -> dict[str, Any]:
    """The year, or else the weekday of 1 January, that follow from the first day of the model's first period."""
    year = _integer(period.get("begin_year"))
    if year is None and _is_yes(period.get("treat_weather_as_actual"), default="No"):
        year = weather_year
    if year is not None:
        # A year decides the weekday: EnergyPlus corrects one that does not fit.
        return {"begin_year": year, "end_year": year}
    weekday = str(period.get("day_of_week_for_start_day") or "").strip().lower()
    begin = _day(period, "begin", COMMON_YEAR)
    if weekday not in WEEKDAYS or begin is None:
        return {}
    days = (begin - date(COMMON_YEAR, 1, 1)).days
    return {"day_of_week_for_start_day": WEEKDAYS[(WEEKDAYS.index(weekday) - days) % len(WEEKDAYS)].capitalize()}


def _day(period: ModelObject, end: str, year: int) -> date | None:
    month, day = _integer(period.get(f"{end}_month")), _integer(period.get(f"{end}_day_of_month"))
    try:
        return date(year, month or 0, day or 0)
    except (ValueError, OverflowError):
        return None


def _integer(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and value else None
