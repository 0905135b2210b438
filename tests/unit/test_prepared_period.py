"""Which period a prepared model simulates."""

from pathlib import Path

import pytest

from shared.energyplus.formats.document import Document, load, objects
from shared.energyplus.preparation.prepare import Preparation, Prepared, prepare
from tests.models import ENGINE_VERSION

CONTROL = "SimulationControl, Yes, Yes, No, {sizing}, {weather};"
JANUARY = "RunPeriod, January, 1, 1, , 1, 31, , Tuesday, Yes, No, Yes, No, Yes;"
JULY = "RunPeriod, July, 7, 1, , 7, 31, , Friday, No, Yes, No, Yes, No;"
WHOLE = "RunPeriod, All, 1, 1, , 12, 31, , Friday;"
DAYS = """\
SizingPeriod:DesignDay, Cold, 1, 21, WinterDesignDay, -20;
SizingPeriod:DesignDay, Hot, 7, 21, SummerDesignDay, 33;
"""


def prepared(directory: Path, annual: bool | None, *parts: str) -> tuple[Prepared, Document]:
    model = directory / "model.idf"
    model.write_text("\n".join(("Version, 25.2;", *parts)))
    work = directory / "work"
    work.mkdir()
    result = prepare(model, work, Preparation(annual=annual), version=ENGINE_VERSION)
    return result, load(result.path, directory / "again.idf", ENGINE_VERSION)


def runs(document: Document) -> tuple[str, str]:
    (control,) = objects(document, "SimulationControl")
    return control["run_simulation_for_sizing_periods"], control["run_simulation_for_weather_file_run_periods"]


def test_annual_replaces_all_run_periods_by_one_year(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, True, CONTROL.format(sizing="Yes", weather="No"), JANUARY, JULY, DAYS)

    (year,) = objects(document, "RunPeriod")
    assert [year[f"{end}_{unit}"] for end in ("begin", "end") for unit in ("month", "day_of_month")] == [1, 1, 12, 31]
    assert runs(document) == ("No", "Yes")
    assert result.environments == 1
    assert {"RunPeriod 'January': removed", "RunPeriod 'July': removed"} < set(result.changes)


def test_the_year_keeps_weekday_holidays_and_daylight_saving_of_the_first_run_period(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, True, JANUARY, JULY)

    (year,) = objects(document, "RunPeriod")
    assert year["day_of_week_for_start_day"] == "Tuesday"
    kept = ("use_weather_file_holidays_and_special_days", "use_weather_file_daylight_saving_period")
    assert [year[field] for field in (*kept, "apply_weekend_holiday_rule")] == ["Yes", "No", "Yes"]


def test_without_a_weekday_the_year_keeps_the_calendar_year(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, True, "RunPeriod, June, 6, 1, 2012, 6, 30, 2012;")

    (year,) = objects(document, "RunPeriod")
    assert (year["begin_year"], year["end_year"]) == (2012, 2012)


def test_a_model_of_one_whole_year_is_not_touched(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, True, CONTROL.format(sizing="No", weather="Yes"), WHOLE)

    (year,) = objects(document, "RunPeriod")
    assert year.name == "All"
    assert not [line for line in result.changes if "RunPeriod '" in line or "SimulationControl" in line]


def test_a_model_without_run_period_or_control_is_given_both(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, True, DAYS)

    assert len(objects(document, "RunPeriod")) == 1
    assert runs(document)[0] == "No"


def test_not_annual_means_sizing_periods_only(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, False, CONTROL.format(sizing="No", weather="Yes"), JANUARY, DAYS)

    assert runs(document) == ("Yes", "No")
    assert len(objects(document, "RunPeriod")) == 1
    assert result.environments == 2


@pytest.mark.parametrize(("sizing", "weather", "environments"), [("Yes", "Yes", 4), ("No", "Yes", 2), ("", "No", 2)])
def test_null_leaves_the_period_as_authored(tmp_path: Path, sizing: str, weather: str, environments: int) -> None:
    control = CONTROL.format(sizing=sizing, weather=weather)

    result, document = prepared(tmp_path, None, control, JANUARY, JULY, DAYS)

    assert control in result.path.read_text()
    assert [period.name for period in objects(document, "RunPeriod")] == ["January", "July"]
    assert result.environments == environments
