"""The days of a weather file: whole ones, and gaps between them.

EnergyPlus reads day after day and looks at no date in between: it simulates a file with a day missing, double or in
another place without a word, and ends at a missing hour.
"""

import re
from calendar import monthrange
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from shared.energyplus.findings import reject
from shared.energyplus.formats.epw import Epw
from shared.energyplus.formats.text import NUMBER

#: Has a 29 February, so that every day of a year can be said in it.
LEAP_YEAR = 2024
HOURS = 24
MINUTE = 4
WHOLE = re.compile(r"[0-9]{1,4}")
#: A step of more days forward is one backward.
HALF_A_YEAR = 183
#: A warning names so many days.
MAX_NAMED = 5


@dataclass(slots=True)
class Day:
    """Consecutive rows of one date; `hours` as the rows give them."""

    month: int
    day: int
    line: int
    hours: list[int]

    @property
    def shown(self) -> str:
        """Month and day, as an EPW has them."""
        return f"{self.month}/{self.day}"


def read_days(epw: Epw, per_hour: int) -> tuple[list[Day], int]:
    """The whole days of a file, and how many rows of a day that is not whole follow the last of them.

    Raises Rejected with date, hour and line for rows that are not in the order of the hours.
    """
    days: list[Day] = []
    for number, row in epw.rows:
        month, day, hour = _time(row, number)
        begins = not days or (days[-1].month, days[-1].day) != (month, day)
        # The same date once more.
        if begins or (hour == 1 and days[-1].hours[-1] != 1):
            days.append(Day(month, day, number, []))
        days[-1].hours.append(hour)
    wanted = [hour for hour in range(1, HOURS + 1) for _ in range(per_hour)]
    _refuse_zero(days)
    _refuse_clock_time(days, wanted)
    rest = 0
    if days and days[-1].hours != wanted and days[-1].hours == wanted[: len(days[-1].hours)]:
        rest = len(days.pop().hours)
    for entry in days:
        if entry.hours != wanted:
            raise reject(_fault(entry, wanted), entry.line)
    return days, rest


def gaps(days: Sequence[Day], starts: Collection[str] = (), end: str = "") -> list[str]:
    """A sentence for each kind of irregularity between days.

    Data periods begin at one of `starts`, wherever that is, and the last of them ends at `end` ("12/31").
    """
    missing: list[str] = []
    double: list[str] = []
    elsewhere: list[str] = []
    for before, after in pairwise(days):
        step = (_date(after) - _date(before)).days % 366
        if step == 1 or (before.shown, after.shown) == ("2/28", "3/1") or after.shown in starts:
            continue
        if step == 0:
            double.append(after.shown)
        elif step < HALF_A_YEAR:
            missing += [_shown(_date(before) + timedelta(days=n)) for n in range(1, step)]
        else:
            elsewhere.append(after.shown)
    if days and end:
        last = date(LEAP_YEAR, *(int(part) for part in end.split("/")))
        step = (last - _date(days[-1])).days
        missing += [_shown(_date(days[-1]) + timedelta(days=n)) for n in range(1, step + 1) if step < HALF_A_YEAR]
    return [
        f"{_named(found)} {text}; EnergyPlus simulates such a file without a warning"
        for found, text in (
            ([day for day in missing if day != "2/29"], "missing in the weather file"),
            (double, "in the weather file twice"),
            (elsewhere, "out of order in the weather file"),
        )
        if found
    ]


def _named(days: list[str]) -> str:
    shown = ", ".join(days[:MAX_NAMED]) + (", …" if len(days) > MAX_NAMED else "")
    return f"1 day ({shown}) is" if len(days) == 1 else f"{len(days)} days ({shown}) are"


def _shown(day: date) -> str:
    return f"{day.month}/{day.day}"


def _date(day: Day) -> date:
    return date(LEAP_YEAR, day.month, day.day)


def _time(row: str, number: int) -> tuple[int, int, int]:
    fields = row.split(",", 5)
    if not (WHOLE.fullmatch(fields[0]) and len(fields) > MINUTE and NUMBER.fullmatch(fields[MINUTE])):
        raise reject(f"year and minute must be numbers, not {fields[0]!r} and {','.join(fields[4:5])!r}", number)
    texts = fields[1:4]
    month, day, hour = (int(text) for text in texts) if all(map(WHOLE.fullmatch, texts)) else (0, 0, 0)
    if not (1 <= month <= 12 and 1 <= day <= monthrange(LEAP_YEAR, month)[1] and hour <= HOURS):
        raise reject(f"{'/'.join(texts[:2])} hour {texts[2]} is no time of the year", number)
    return month, day, hour


def _refuse_zero(days: list[Day]) -> None:
    if zero := next((day for day in days if 0 in day.hours), None):
        raise reject(
            f"{zero.shown} has an hour 0; the hours of an EPW run from 1 to 24, and hour 1 ends at 01:00, so hours "
            "0 to 23 have to be written as 1 to 24",
            zero.line,
        )


def _refuse_clock_time(days: list[Day], wanted: list[int]) -> None:
    """An hour missing on one day and another double on a later or earlier day, as clocks are changed."""
    odd = [day for day in days[:-1] if day.hours != wanted and len(day.hours) != len(wanted)]
    short = [day for day in odd if len(day.hours) < len(wanted)]
    long = [day for day in odd if len(day.hours) > len(wanted)]
    if short and long:
        raise reject(
            f"{short[0].shown} has an hour too few and {long[0].shown} an hour too many: the rows are in local clock "
            "time with daylight saving; an EPW is in standard time all the year",
            short[0].line,
        )


def _fault(day: Day, wanted: list[int]) -> str:
    missing = sorted(set(wanted) - set(day.hours))
    if missing:
        hours = ", ".join(str(hour) for hour in missing[:MAX_NAMED]) + (", …" if len(missing) > MAX_NAMED else "")
        return f"{day.shown} has no row for hour {hours}"
    double = next((hour for hour in wanted if day.hours.count(hour) > wanted.count(hour)), None)
    if double is not None:
        return f"{day.shown} has hour {double} more often than the {wanted.count(double)} that DATA PERIODS says"
    return f"the hours of {day.shown} are out of order"
