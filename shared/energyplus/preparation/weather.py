"""The weather file of a run: the upload, or a normalised copy where EnergyPlus would read the upload otherwise."""

from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.findings import Rejected
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.formats.epw import PERIOD_DAY, read_epw
from shared.energyplus.formats.epw_days import gaps, read_days
from shared.energyplus.intake.weather import WeatherPlace, read_place
from shared.energyplus.preparation.changes import cut

NORMALISED = "in.epw"


@dataclass(frozen=True, slots=True)
class PreparedWeather:
    """The file that EnergyPlus gets, what was changed in it, and what the user should know of it.

    `year` is that of its first day, where it is given; `place` is None where the file does not say where it is of.
    """

    path: Path
    changes: tuple[str, ...]
    warnings: tuple[str, ...]
    year: int | None
    place: WeatherPlace | None = None


def prepare_weather(weather: Path, directory: Path) -> PreparedWeather:
    """Write a normalised copy into `directory` if the file needs one. Raises PreparationError."""
    try:
        epw = read_epw(weather)
        periods = epw.headers[-1]
        days, _ = read_days(epw, int(periods[2]))
        starts, ends = ([_month_and_day(text) for text in periods[first::4]] for first in (5, 6))
        warnings = tuple(gaps(days, starts, ends[-1]))
    except (Rejected, ValueError, IndexError) as error:
        raise PreparationError("weather_unreadable", f"The weather file cannot be read: {error}") from error
    path = weather
    if epw.changes:
        path = directory / NORMALISED
        path.write_text(epw.text, encoding="utf-8", newline="")
    changes = cut(f"Weather file: {change}" for change in epw.changes)
    return PreparedWeather(path, changes, warnings, epw.year, _place(weather))


def _place(weather: Path) -> WeatherPlace | None:
    try:
        return read_place(weather)
    except Rejected:
        return None


def _month_and_day(text: str) -> str:
    found = PERIOD_DAY.fullmatch(text)
    return f"{int(found[1])}/{int(found[2])}" if found else ""
