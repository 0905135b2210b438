"""Check of an uploaded weather file: an EPW with all its hours.

Source of the format: EnergyPlus 25.2 Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import asin, cos, isfinite, radians, sin, sqrt
from pathlib import Path

from shared.energyplus.findings import reject
from shared.energyplus.formats.epw import PERIOD_DAY, Epw, read_epw, read_location
from shared.energyplus.formats.epw_days import read_days
from shared.energyplus.formats.text import NUMBER

#: Date, time and flags, then measurements; some tools leave out the last few, which EnergyPlus fills in.
MIN_COLUMNS, MAX_COLUMNS = 32, 35
#: Name of the header, city, region, country, source, WMO number, latitude, longitude, time zone, elevation.
LOCATION_FIELDS = 10
WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
HOURS_OF_A_DAY = 24
#: A file with more of its days missing is one that was cut.
MAX_MISSING = 0.1
SHOWN_CHARACTERS = 40
DRY_BULB, DRY_BULB_RANGE = 6, (-90.0, 70.0)
#: From dry bulb to the present weather observation: the engine stops at a row that has no number in one of them.
MEASURED = (DRY_BULB, 27)
MISSING_DRY_BULB = 99.9
#: A year with and one without a 29 February, to count days in.
LEAP_YEAR, COMMON_YEAR = 2024, 2023
EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True)
class WeatherFacts:
    """Where and for how long: degrees north and east, metres, hours from UTC, hours of data."""

    location: str
    latitude: float
    longitude: float
    elevation_m: float
    timezone_h: float
    hours: int


@dataclass(frozen=True, slots=True)
class WeatherPlace:
    """Where a weather file is of: degrees north and east, metres, hours from UTC."""

    location: str
    region: str
    country: str
    source: str
    latitude: float
    longitude: float
    elevation_m: float
    timezone_h: float

    @property
    def full_name(self) -> str:
        """City, region and country."""
        return ", ".join(part for part in (self.location, self.region, self.country) if part)

    def distance_km(self, latitude: float, longitude: float) -> float:
        """The great-circle distance from a point, by the haversine formula."""
        here, there = radians(latitude), radians(self.latitude)
        across = sin((there - here) / 2) ** 2
        along = cos(here) * cos(there) * sin(radians(self.longitude - longitude) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, across + along)))


def read_place(path: Path) -> WeatherPlace:
    """Where a file is of, by its first line alone. Raises Rejected and OSError."""
    fields = read_location(path)
    location, latitude, longitude, timezone, elevation = _location(fields, 1)
    region, country, source = (fields[number].strip() for number in (2, 3, 4))
    return WeatherPlace(location, region, country, source, latitude, longitude, elevation, timezone)


def check_weather(path: Path, name: str) -> WeatherFacts:
    """Look into a weather file. Raises Rejected."""
    if Path(name).suffix.lower() != ".epw":
        raise reject("a weather file's name must end in .epw")
    epw = read_epw(path)
    location, latitude, longitude, timezone, elevation = _location(epw.headers[0], epw.header_lines[0])
    per_hour, allowed = _expected(epw.headers[-1], epw.header_lines[-1])
    epw = _without_half_row(epw, allowed)
    for number, row in epw.rows:
        _check_row(row.split(","), number)
    hours = _hours(epw, per_hour, allowed)
    return WeatherFacts(location, latitude, longitude, elevation, timezone, hours)


def _without_half_row(epw: Epw, allowed: set[int]) -> Epw:
    """A file cut in the middle of a row is one that ends before it: what is missing says more than the row does."""
    cut = epw.rows and epw.rows[-1][1].count(",") + 1 < MIN_COLUMNS and len(epw.rows) - 1 not in allowed
    return replace(epw, rows=epw.rows[:-1]) if cut else epw


def _hours(epw: Epw, per_hour: int, allowed: set[int]) -> int:
    """Hours of data. Raises Rejected when the file ends early or begins late; EnergyPlus runs with days missing."""
    days, rest = read_days(epw, per_hour)
    begin = f"{days[0].month}/{days[0].day}" if days else ""
    first = PERIOD_DAY.fullmatch(epw.headers[-1][5])
    if days and first and begin != f"{int(first[1])}/{int(first[2])}":
        raise reject(f"the data begin at {begin}; DATA PERIODS promises {first[0].strip()}", days[0].line)
    count = len(days) * HOURS_OF_A_DAY * per_hour
    if count >= min(allowed) * (1 - MAX_MISSING) and (not rest or count in allowed):
        return count // per_hour
    count += rest
    expected = min(allowed, key=lambda rows: abs(rows - count))
    line, row = epw.rows[-1] if epw.rows else (epw.header_lines[-1], "")
    fields = row.split(",")
    last = f"{fields[1]}/{fields[2]} hour {fields[3]}" if row else "no data at all"
    raise reject(
        f"the weather data end at line {line} ({last}) after {count // per_hour} hours; "
        f"DATA PERIODS promises {expected // per_hour}: {-(-abs(expected - count) // per_hour)} hours are "
        f"{'missing' if count < expected else 'too many'}"
    )


def _location(fields: Sequence[str], line: int) -> tuple[str, float, float, float, float]:
    if len(fields) > LOCATION_FIELDS and "".join(fields[LOCATION_FIELDS:]).strip():
        raise reject(
            f"LOCATION has {len(fields) - 1} values instead of {LOCATION_FIELDS - 1}: a comma in the name of the city, "
            f"{fields[1].strip()[:SHOWN_CHARACTERS]!r}, or of the region moves the values behind it; take it out",
            line,
        )
    try:
        latitude, longitude, timezone, elevation = (float(field) for field in fields[6:10])
    except ValueError:
        raise reject(
            "LOCATION must give latitude, longitude, time zone and elevation as its last numbers", line
        ) from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise reject(f"latitude {latitude} or longitude {longitude} is not on Earth", line)
    if not (-12 <= timezone <= 14 and -1000 <= elevation <= 9999.9):
        raise reject(f"time zone {timezone} or elevation {elevation} is not on Earth", line)
    return fields[1].strip(), latitude, longitude, timezone, elevation


def _expected(fields: Sequence[str], number: int) -> tuple[int, set[int]]:
    """Records per hour, and the numbers of rows that fit the data periods, with and without a 29 February."""
    try:
        periods, per_hour = int(fields[1]), int(fields[2])
    except (ValueError, IndexError):
        raise reject("DATA PERIODS must say how many periods and how many records per hour there are", number) from None
    if not (1 <= periods <= 365 and 1 <= per_hour <= 60):
        raise reject(f"DATA PERIODS says {periods} periods with {per_hour} records per hour", number)
    for weekday in fields[4 : 4 + 4 * periods : 4]:
        if weekday.strip().lower() not in WEEKDAYS:
            raise reject(f"DATA PERIODS has {weekday!r} where the weekday of the first day was expected", number)
    allowed = set()
    for year in (COMMON_YEAR, LEAP_YEAR):
        days = sum(_days(fields[5 + 4 * index : 7 + 4 * index], year, number) for index in range(periods))
        allowed.add(days * 24 * per_hour)
    return per_hour, allowed


def _days(period: Sequence[str], year: int, number: int) -> int:
    """Days from the first to the last of a period, as they are counted in `year` where it gives no years itself."""
    if len(period) != 2:
        raise reject("DATA PERIODS must give the first and the last day of each period", number)
    given = {match[3] for text in period if (match := PERIOD_DAY.fullmatch(text))}
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
    match = PERIOD_DAY.fullmatch(text)
    month, day, given = (int(match[1]), int(match[2]), int((dated and match[3]) or year)) if match else (0, 0, 0)
    if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(LEAP_YEAR, month)[1] and 1 <= given <= 9999):
        raise reject(f"DATA PERIODS has {text!r} where a month/day was expected", number)
    return date(given, month, min(day, calendar.monthrange(given, month)[1]))


def _is_number(text: str) -> bool:
    return NUMBER.fullmatch(text) is not None and isfinite(float(text))


def _check_row(fields: list[str], number: int) -> None:
    if len(fields) < MIN_COLUMNS:
        advice = "; are the columns separated by semicolons?" if ";" in "".join(fields) else ""
        raise reject(f"the row has {len(fields)} columns, and an EPW weather file has 35{advice}", number)
    if len(fields) > MAX_COLUMNS and "".join(fields[MAX_COLUMNS:]).strip():
        raise reject(
            f"the row has {len(fields)} columns, and an EPW weather file has 35; are decimals written with a comma?",
            number,
        )
    for column in range(*MEASURED):
        if not _is_number(fields[column]):
            raise reject(f"column {column + 1} must be a number, not {fields[column][:SHOWN_CHARACTERS]!r}", number)
    dry_bulb = float(fields[DRY_BULB])
    low, high = DRY_BULB_RANGE
    if not low <= dry_bulb <= high and dry_bulb != MISSING_DRY_BULB:
        raise reject(f"a dry bulb temperature of {dry_bulb} C is not on Earth", number)
