"""Outlook on a simulation from its model: how long EnergyPlus will initialise it, and how many days it simulates.

Only the progress uses it. Therefore a default stands for whatever cannot be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from shared.energyplus.formats.document import is_epjson
from shared.energyplus.formats.objects import Object, epjson_objects, idf_objects
from shared.energyplus.untrusted_file import MODEL_BYTES, is_plain
from shared.errors import RefusedInput

#: Seconds of initialisation, which grow with the square of the surfaces. Measured with EnergyPlus 25.2: less than 1 s
#: for 800 surfaces, 3 s for 1,800 and 100 s for 9,000.
LEAST_SECONDS = 0.5
SECONDS_PER_SQUARE = 1.2e-6
#: Fields of a RunPeriod and their positions in IDF: the day of its begin, then the day of its end.
BEGIN = ((3, "begin_year"), (1, "begin_month"), (2, "begin_day_of_month"))
END = ((6, "end_year"), (4, "end_month"), (5, "end_day_of_month"))
#: For a RunPeriod that names no year.
ANY_YEAR = 2017
DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of a simulation; `run_periods` are the lengths in days of the RunPeriods that are simulated."""

    initialising_seconds: float = LEAST_SECONDS
    run_periods: tuple[int, ...] = ()

    def days(self, environments: int) -> Sequence[int]:
        """Length of each of `environments` periods: EnergyPlus simulates design days first, RunPeriods last."""
        design_days = (1,) * (environments - len(self.run_periods))
        return (design_days + self.run_periods)[-environments:]


def outlook_on(model: Path) -> Outlook:
    """Outlook on the simulation of a prepared model; the default one for a file that no model can be."""
    surfaces, run_periods, simulated = 0, [], True
    try:
        if not is_plain(model) or model.stat().st_size > MODEL_BYTES:
            return Outlook()
        for item in epjson_objects(model) if is_epjson(model) else idf_objects(model):
            match item.class_name.lower():
                case "buildingsurface:detailed":
                    surfaces += 1
                case "runperiod":
                    run_periods.append(length(item))
                case "simulationcontrol":
                    simulated = "no" not in _texts(item, 4, "run_simulation_for_weather_file_run_periods")
    except (RefusedInput, OSError):
        return Outlook()
    return Outlook(LEAST_SECONDS + SECONDS_PER_SQUARE * surfaces**2, tuple(run_periods) if simulated else ())


def length(run_period: Object) -> int:
    """Days of a RunPeriod, a year when it says no dates. Without years, it may go on to the next year."""
    try:
        begin_year, *begin = (_number(run_period, *field) for field in BEGIN)
        end_year, *end = (_number(run_period, *field) for field in END)
        year = begin_year or end_year or ANY_YEAR
        first, last = date(year, *begin), date(end_year or year, *end)
        if last < first:
            last += timedelta(DAYS_OF_YEAR)
    except (ValueError, OverflowError):
        return DAYS_OF_YEAR
    return max((last - first).days + 1, 1)


def _number(item: Object, position: int, key: str) -> int:
    return int(next(iter(_texts(item, position, key)), "") or 0)


def _texts(item: Object, position: int, key: str) -> list[str]:
    return [text.lower() for text in item.values(position, key)]
