"""Whether an uploaded weather file is an EPW and whole.

Source of the format: EnergyPlus 25.2 Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path

from shared.energyplus.findings import reject
from shared.energyplus.formats.text import CONTROL, END_OF_DOS_FILE, check_text, lines

HEADERS = (
    "LOCATION",
    "DESIGN CONDITIONS",
    "TYPICAL/EXTREME PERIODS",
    "GROUND TEMPERATURES",
    "HOLIDAYS/DAYLIGHT SAVINGS",
    "COMMENTS 1",
    "COMMENTS 2",
    "DATA PERIODS",
)
MAX_WEATHER_BYTES = 64 << 20
#: Date, time and flags, then measurements; some tools leave out the last few, which EnergyPlus fills in.
MIN_COLUMNS = 32
DRY_BULB, DRY_BULB_RANGE = 6, (-90.0, 70.0)
#: From dry bulb to the present weather observation: the engine stops at a row that has no number in one of them.
MEASURED = (DRY_BULB, 27)
MISSING_DRY_BULB = 99.9
DAY = re.compile(r"\s*(\d{1,2})\s*/\s*(\d{1,2})(?:\s*/\s*(\d{1,4}))?\s*")
#: A year with and one without a 29 February, to count days in.
LEAP_YEAR, COMMON_YEAR = 2024, 2023


@dataclass(frozen=True, slots=True)
class WeatherFacts:
    """Where and for how long: degrees north and east, metres, hours from UTC, hours of data."""

    location: str
    latitude: float
    longitude: float
    elevation_m: float
    timezone_h: float
    hours: int


def check_weather(path: Path, name: str) -> WeatherFacts:
    """Look into a weather file. Raises Rejected."""
    if Path(name).suffix.lower() != ".epw":
        raise reject("a weather file's name must end in .epw")
    check_text(path, "an EPW weather file", MAX_WEATHER_BYTES)
    rows = lines(path)
    headers = _headers(rows)
    location, latitude, longitude, timezone, elevation = _location(headers[0])
    per_hour, allowed = _expected(headers[-1])
    last_line, count, last = _data(rows, allowed)
    if count in allowed:
        return WeatherFacts(location, latitude, longitude, elevation, timezone, count // per_hour)
    expected = min(allowed, key=lambda rows: abs(rows - count))
    raise reject(
        f"the weather data end at line {last_line} ({last}) after {count // per_hour} hours; "
        f"DATA PERIODS promises {expected // per_hour}: {-(-abs(expected - count) // per_hour)} hours are "
        f"{'missing' if count < expected else 'too many'}"
    )


def _headers(rows: Iterator[tuple[int, str]]) -> list[list[str]]:
    headers: list[list[str]] = []
    for wanted in HEADERS:
        number, text = next(rows, (len(headers) + 1, ""))
        fields = [field.strip() for field in text.split(",")]
        if found := CONTROL.search(text):
            raise reject(f"there is a control character, {found.group()!a}", number)
        if fields[0].upper() != wanted:
            raise reject(f"an EPW weather file has {wanted} here, and this has {text[:40]!r}", number)
        headers.append(fields)
    return headers


def _location(fields: list[str]) -> tuple[str, float, float, float, float]:
    try:
        latitude, longitude, timezone, elevation = (float(field) for field in fields[6:10])
    except ValueError:
        raise reject("LOCATION must give latitude, longitude, time zone and elevation as its last numbers", 1) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise reject(f"latitude {latitude} or longitude {longitude} is not on Earth", 1)
    if not (-12 <= timezone <= 14 and -1000 <= elevation <= 9999.9):
        raise reject(f"time zone {timezone} or elevation {elevation} is not on Earth", 1)
    return fields[1], latitude, longitude, timezone, elevation


def _expected(fields: list[str]) -> tuple[int, set[int]]:
    """Records per hour, and the numbers of rows that fit the data periods, with and without a 29 February."""
    number = len(HEADERS)
    try:
        periods, per_hour = int(fields[1]), int(fields[2])
    except (ValueError, IndexError):
        raise reject("DATA PERIODS must say how many periods and how many records per hour there are", number) from None
    if not (1 <= periods <= 365 and 1 <= per_hour <= 60):
        raise reject(f"DATA PERIODS says {periods} periods with {per_hour} records per hour", number)
    allowed = set()
    for year in (COMMON_YEAR, LEAP_YEAR):
        days = sum(_days(fields[5 + 4 * index : 7 + 4 * index], year, number) for index in range(periods))
        allowed.add(days * 24 * per_hour)
    return per_hour, allowed


def _days(period: list[str], year: int, number: int) -> int:
    """Days from the first to the last of a period, as they are counted in `year` where it gives no years itself."""
    if len(period) != 2:
        raise reject("DATA PERIODS must give the first and the last day of each period", number)
    given = {match[3] for text in period if (match := DAY.fullmatch(text))}
    # Files of one year often give it, and its 29 February may be there or left out.
    first, last = (_day(text, year, number, dated=len(given) > 1 and None not in given) for text in period)
    days = (last - first).days + 1
    if first.year != last.year and not calendar.isleap(year):
        # Many a file of leap years leaves each 29 February out.
        years = range(first.year, last.year + 1)
        days -= sum(calendar.isleap(y) and first <= date(y, 2, 29) <= last for y in years)
    elif first.year == last.year and days < 1:
        # From summer to summer: the end is in the year after, which has the leap day where there is one.
        days += 366 if calendar.isleap(year) else 365
    if days < 1:
        raise reject(f"DATA PERIODS ends, at {period[1]}, before it begins, at {period[0]}", number)
    return days


def _day(text: str, year: int, number: int, *, dated: bool) -> date:
    match = DAY.fullmatch(text)
    month, day, given = (int(match[1]), int(match[2]), int((dated and match[3]) or year)) if match else (0, 0, 0)
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(LEAP_YEAR, month)[1] and 1 <= given <= 9999):
        raise reject(f"DATA PERIODS has {text!r} where a month/day was expected", number)
    return date(given, month, min(day, calendar.monthrange(given, month)[1]))


def _data(rows: Iterator[tuple[int, str]], allowed: set[int]) -> tuple[int, int, str]:
    """Line of the last whole row, number of those, date of the last one."""
    count, last_line, last = 0, len(HEADERS), "no data at all"
    for number, text in rows:
        if not text.strip().strip(END_OF_DOS_FILE):
            continue
        fields = text.split(",")
        if len(fields) < MIN_COLUMNS:
            if next(rows, None) is None and count not in allowed:
                # A file cut in the middle of a row: what is missing says more than the row does.
                break
            raise reject(f"the row has {len(fields)} columns, and an EPW weather file has 35", number)
        _check_row(fields, number)
        count, last_line, last = count + 1, number, f"{fields[1]}/{fields[2]} hour {fields[3]}"
    return last_line, count, last


def _is_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False


def _check_row(fields: list[str], number: int) -> None:
    for column in range(*MEASURED):
        if not _is_number(fields[column]):
            raise reject(f"column {column + 1} must be a number, not {fields[column][:40]!r}", number)
    try:
        dry_bulb = float(fields[DRY_BULB])
        month, day, hour = int(fields[1]), int(fields[2]), int(fields[3])
    except ValueError:
        raise reject(
            f"date, hour and dry bulb must be numbers, not {', '.join(fields[1:4] + fields[6:7])}", number
        ) from None
    if not (1 <= month <= 12 and 1 <= day <= 31 and 0 <= hour <= 24):
        raise reject(f"{month}/{day} hour {hour} is no time of the year", number)
    low, high = DRY_BULB_RANGE
    if not low <= dry_bulb <= high and dry_bulb != MISSING_DRY_BULB:
        raise reject(f"a dry bulb temperature of {dry_bulb} C is not on Earth", number)
