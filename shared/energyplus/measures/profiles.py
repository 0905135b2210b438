"""What a schedule says at each hour of each kind of day, and where one of two schedules is above the other."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from shared.energyplus.building.fields import key
from shared.energyplus.formats.document import ModelObject, shown_name
from shared.energyplus.measures.measure import refuse
from shared.energyplus.measures.schedules import COMPACT, CONSTANT, DAYS, WEEKS, Schedules, numeric

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
WEEKEND = ("Saturday", "Sunday")
SPECIAL = ("Holiday", "SummerDesignDay", "WinterDesignDay", "CustomDay1", "CustomDay2")
DAY_TYPES = (*WEEKDAYS, *WEEKEND, *SPECIAL)
#: Several kinds of day by one word.
GROUPS = {"ALLDAYS": DAY_TYPES, "WEEKDAY": WEEKDAYS, "WEEKEND": WEEKEND}
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DATE = re.compile(r"(\d{1,2})\s*/\s*(\d{1,2})|([A-Z]{3})[A-Z]*\s+(\d{1,2})|(\d{1,2})\s+([A-Z]{3})[A-Z]*")
TIME = re.compile(r"(\d{1,2})\s*:\s*(\d{2})")
HOURS, MINUTES = 24, 60
YEAR_END = (12, 31)

#: The minute of the day until which a value holds, and the value.
Day = list[tuple[int, float]]


@dataclass(slots=True)
class SchedulePeriod:
    """Days by their kind, until a month and day."""

    last: tuple[int, int]
    days: dict[str, Day] = field(default_factory=dict)


def profile(schedules: Schedules, item: ModelObject) -> list[SchedulePeriod]:
    """The periods of a schedule in the order of the year. Raises PreparationError for what cannot be read."""
    if item.class_name == COMPACT:
        return _compact(item)
    if item.class_name == CONSTANT:
        value = numeric(item.get("hourly_value")) or 0.0
        return [SchedulePeriod(YEAR_END, {kind: [(HOURS * MINUTES, value)] for kind in DAY_TYPES})]
    periods = []
    for week, *_, month, day in item.groups():
        if week is not None and month is not None and day is not None:
            days = _week(schedules, schedules.part(WEEKS, week, item))
            periods.append(SchedulePeriod((int(month), int(day)), days))
    return sorted(periods, key=lambda period: period.last)


def crossings(lower: Sequence[SchedulePeriod], upper: Sequence[SchedulePeriod]) -> dict[str, str]:
    """Where `lower` is above `upper`, by the time, kind of day and period: both values."""
    found = {}
    for last in sorted({period.last for period in (*lower, *upper)}):
        low, high = (next((p.days for p in periods if p.last >= last), {}) for periods in (lower, upper))
        for kind in DAY_TYPES:
            for minute, below, above in _above(low.get(kind, []), high.get(kind, [])):
                time = f"{minute // MINUTES}:{minute % MINUTES:02}"
                when = f"until {time} on {kind} (period to {last[0]}/{last[1]})"
                found[when] = f"{below:g} C is above {above:g} C"
    return found


def _above(low: Day, high: Day) -> Iterator[tuple[int, float, float]]:
    for minute in sorted({minute for minute, _ in (*low, *high)}):
        below, above = (next((value for until, value in day if until >= minute), None) for day in (low, high))
        if below is not None and above is not None and below > above:
            yield minute, below, above


def _compact(item: ModelObject) -> list[SchedulePeriod]:
    periods: list[SchedulePeriod] = []
    current: Day = []
    until = 0
    for (value,) in item.groups():
        word = key(value)
        if (number := numeric(value)) is not None:
            current.append((until, number))
        elif word.startswith("THROUGH"):
            periods.append(SchedulePeriod(_date(item, word)))
        elif word.startswith("FOR") and periods:
            current = []
            periods[-1].days |= dict.fromkeys(_kinds(word, periods[-1].days), current)
        elif word.startswith("UNTIL"):
            until = _minute(item, word)
        elif word.startswith("INTERPOLATE"):
            _refuse_linear(item, word)
        elif word:
            refuse(f"{shown_name(item)}: '{value}' cannot be read")
    return periods


def _kinds(word: str, known: dict[str, Day]) -> Iterator[str]:
    """The kinds of day that a text such as `For: Weekdays SummerDesignDay` names."""
    joined = re.sub(r"\s", "", word)
    if "OTHERDAYS" in joined:
        yield from (kind for kind in DAY_TYPES if kind not in known)
    for name, kinds in GROUPS.items():
        if name in joined:
            yield from kinds
    yield from (kind for kind in DAY_TYPES if kind.upper() in joined)


def _week(schedules: Schedules, item: ModelObject) -> dict[str, Day]:
    days: dict[str, Day] = {}
    if item.class_name == WEEKS[0]:
        for kind in DAY_TYPES:
            if (name := item.get(f"{kind.lower()}_schedule_day_name")) is not None:
                days[kind] = _day(schedules.part(DAYS, name, item))
        return days
    for kinds, name in item.groups():
        if name is not None:
            days |= dict.fromkeys(_kinds(key(kinds), days), _day(schedules.part(DAYS, name, item)))
    return days


def _day(item: ModelObject) -> Day:
    if item.class_name == DAYS[0]:
        return [(hour * MINUTES, numeric(item.get(f"hour_{hour}")) or 0.0) for hour in range(1, HOURS + 1)]
    _refuse_linear(item, key(item.get("interpolate_to_timestep")))
    if item.class_name == DAYS[1]:
        return [(_minute(item, key(time)), numeric(value) or 0.0) for time, value in item.groups() if time is not None]
    step = int(numeric(item.get("minutes_per_item")) or MINUTES)
    values = [value for (value,) in item.groups()]
    return [(step * number, numeric(value) or 0.0) for number, value in enumerate(values, 1)]


def _refuse_linear(item: ModelObject, word: str) -> None:
    if "LINEAR" in word:
        refuse(f"{shown_name(item)} is interpolated linearly, so that its values between two times are not looked at")


def _date(item: ModelObject, word: str) -> tuple[int, int]:
    found = DATE.search(word.removeprefix("THROUGH"))
    if found is None:
        refuse(f"{shown_name(item)}: '{word}' has no date")
    month, day, name, day_after, day_before, name_after = found.groups()
    if month:
        return int(month), int(day)
    short = name or name_after
    if short not in MONTHS:
        refuse(f"{shown_name(item)}: '{word}' has no date")
    return MONTHS.index(short) + 1, int(day_after or day_before)


def _minute(item: ModelObject, word: str) -> int:
    found = TIME.search(word)
    if found is None:
        refuse(f"{shown_name(item)}: '{word}' has no time")
    return int(found[1]) * MINUTES + int(found[2])
