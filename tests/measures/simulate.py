"""Some days of a building, prepared by us and simulated by the engine alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shared.energyplus.formats.document import Document, load
from shared.energyplus.fuels import FUELS
from shared.energyplus.measures.request import MeasureRequest
from shared.energyplus.preparation.prepare import Output, Preparation, prepare
from tests.e2e import by_hand
from tests.models import ENGINE_VERSION

DAYS = 3
#: Electricity from the grid.
PURCHASED = "Cogeneration:ElectricityPurchased"
SUMMARIES, SURFACES = "Output:Table:SummaryReports", "Output:Surfaces:List"


class Season(StrEnum):
    """The month with the week that is simulated."""

    WINTER = "January"
    SUMMER = "July"

    @property
    def month(self) -> int:
        """Its number."""
        return 1 if self is Season.WINTER else 7


@dataclass(frozen=True, slots=True)
class Simulated:
    """Simulated days: where their files are, and the joule of each meter such as `Heating:NaturalGas`."""

    directory: Path
    changes: tuple[str, ...]
    meters: dict[str, float]

    def joule(self, end_use: str) -> float:
        """The sum of the meters that begin with `end_use`: of a whole one, or of all fuels of `Heating:`."""
        return sum(joule for meter, joule in self.meters.items() if meter.startswith(end_use))


def simulate(
    model: Path,
    weather: Path,
    directory: Path,
    measures: Sequence[MeasureRequest],
    *,
    season: Season,
    days: int = DAYS,
    outputs: tuple[Output, ...] = (),
) -> Simulated:
    """Simulate some days of a model with measures; everything is left in `directory`."""
    directory.mkdir(parents=True)
    document, _ = load(model, ENGINE_VERSION)
    _shorten(document, season, days)
    short = directory / "short.idf"
    short.write_text(document.text(), encoding="utf-8")
    request = Preparation(parameters=tuple(measures), outputs=outputs)
    prepared = prepare(short, directory, request, version=ENGINE_VERSION)
    by_hand.execute(prepared.path, weather, directory)
    meters = by_hand.sql_meters_joule(directory)
    return Simulated(directory, prepared.changes, {name: joule for name, joule in meters.items() if _is_end_use(name)})


def _is_end_use(meter: str) -> bool:
    """Whether it is of one end use and one fuel: no part of a building, no subcategory, no heat between components."""
    _, _, fuel = meter.partition(":")
    return fuel in FUELS or meter == PURCHASED


def _shorten(document: Document, season: Season, days: int) -> None:
    """One run period of some days, sizing but no sizing periods, and all of the engine's summaries."""
    for class_name in ("RunPeriod", SUMMARIES, SURFACES):
        for item in list(document.objects(class_name)):
            document.remove(item)
    document.add(
        "RunPeriod",
        "Some days",
        begin_month=season.month,
        begin_day_of_month=9,
        end_month=season.month,
        end_day_of_month=8 + days,
        day_of_week_for_start_day="Tuesday",
    )
    for control in document.objects("SimulationControl"):
        control.set("run_simulation_for_sizing_periods", "No")
        control.set("run_simulation_for_weather_file_run_periods", "Yes")
    document.add(SURFACES, report_type="Details")
    document.add(SUMMARIES, reports=[{"report_name": "AllSummary"}])
