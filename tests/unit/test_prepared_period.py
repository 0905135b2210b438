"""Which period a prepared model simulates."""

from pathlib import Path

import pytest

from shared.energyplus.formats.document import Document, load
from shared.energyplus.preparation.period import is_replaced
from shared.energyplus.preparation.prepare import Parameter, Preparation, PreparationError, Prepared, prepare
from tests.models import ENGINE_VERSION

CONTROL = "SimulationControl, Yes, Yes, No, {sizing}, {weather};"
JANUARY = "RunPeriod, January, 1, 1, , 1, 31, , Tuesday, Yes, No, Yes, No, Yes;"
JULY = "RunPeriod, July, 7, 1, , 7, 31, , Friday, No, Yes, No, Yes, No;"
WHOLE = "RunPeriod, All, 1, 1, , 12, 31, , Friday;"
DAYS = """\
SizingPeriod:DesignDay, Cold, 1, 21, WinterDesignDay, -20;
SizingPeriod:DesignDay, Hot, 7, 21, SummerDesignDay, 33;
"""


def prepared(
    directory: Path, annual: bool | None, *parts: str, weather_year: int | None = None
) -> tuple[Prepared, Document]:
    model = directory / "model.idf"
    model.write_text("\n".join(("Version, 25.2;", *parts)))
    work = directory / "work"
    work.mkdir()
    result = prepare(model, work, Preparation(annual=annual), version=ENGINE_VERSION, weather_year=weather_year)
    return result, load(result.path, ENGINE_VERSION)[0]


def runs(document: Document) -> tuple[str, str]:
    (control,) = document.objects("SimulationControl")
    return control.get("run_simulation_for_sizing_periods"), control.get("run_simulation_for_weather_file_run_periods")


def test_annual_replaces_all_run_periods_by_one_year(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, True, CONTROL.format(sizing="Yes", weather="No"), JANUARY, JULY, DAYS)

    (year,) = document.objects("RunPeriod")
    assert [year.get(f"{end}_{unit}") for end in ("begin", "end") for unit in ("month", "day_of_month")] == [
        1,
        1,
        12,
        31,
    ]
    assert runs(document) == ("No", "Yes")
    assert len(result.outlook.days) == 1
    assert {"RunPeriod 'January': removed", "RunPeriod 'July': removed"} < set(result.changes)


def test_the_year_keeps_weekday_holidays_and_daylight_saving_of_the_first_run_period(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, True, JANUARY, JULY)

    (year,) = document.objects("RunPeriod")
    assert year.get("day_of_week_for_start_day") == "Tuesday"
    kept = ("use_weather_file_holidays_and_special_days", "use_weather_file_daylight_saving_period")
    assert [year.get(field) for field in (*kept, "apply_weekend_holiday_rule")] == ["Yes", "No", "Yes"]


@pytest.mark.parametrize(
    ("period", "year", "weekday"),
    [
        ("January, 1, 1, , 1, 31, , Tuesday", None, "Tuesday"),
        # 1 January is 151 days before 1 June where no year is given, and 152 in a leap year.
        ("June, 6, 1, , 8, 31, , Monday", None, "Thursday"),
        ("June, 6, 1, 2020, 8, 31, 2020, Monday", 2020, None),
        ("June, 6, 1, 2012, 6, 30, 2012", 2012, None),
        ("Three, 1, 1, 2017, 12, 31, 2019", 2017, None),
        ("June, 6, 1, , 6, 30", None, None),
        ("None, 13, 32, , 6, 30, , Monday", None, None),
        ("June, 6, 1, , 8, 31, , Monday, No, No, No, Yes, Yes, Yes", 2016, None),
        ("June, 6, 1, 2020, 8, 31, 2020, Monday, No, No, No, Yes, Yes, Yes", 2020, None),
    ],
)
def test_1_january_follows_from_the_first_day_of_the_first_period(
    tmp_path: Path, period: str, year: int | None, weekday: str | None
) -> None:
    _, document = prepared(tmp_path, True, f"RunPeriod, {period};", JULY, weather_year=2016)

    (whole,) = document.objects("RunPeriod")
    assert [whole.get(f"{end}_year") for end in ("begin", "end")] == [year, year]
    assert whole.get("day_of_week_for_start_day") == weekday


@pytest.mark.parametrize(
    ("period", "stays"),
    [
        ("All, 1, 1, , 12, 31, , Friday", True),
        ("All, 1, 1, 2019, 12, 31, 2019", True),
        ("All, 7, 1, 2020, 6, 30, 2021, , No, No, No, Yes, Yes, Yes", True),
        ("All, 7, 1, , 6, 30, , Wednesday", True),
        ("All, 3, 1, 2019, 2, 29, 2020", True),
        ("All, 3, 1, 2019, 2, 28, 2020", False),
        ("All, 1, 1, 2017, 1, 1, 2018", False),
        ("All, 1, 1, 2017, 12, 31, 2018", False),
        ("All, 1, 2, , 12, 31", False),
        ("All, 7, 1, , 6, 29", False),
        ("All, 1, 1, , 12, 31, 2019", False),
        ("All, 2, 29, 2020, 2, 27, 2021", False),
    ],
)
def test_one_run_period_of_a_year_stays(tmp_path: Path, period: str, stays: bool) -> None:
    result, document = prepared(tmp_path, True, f"RunPeriod, {period};")

    assert [item.name for item in document.objects("RunPeriod")] == ["All" if stays else "Year"]
    assert ("RunPeriod 'All': removed" in result.changes) is not stays


def test_run_periods_of_one_name_are_both_replaced(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, True, JANUARY, JANUARY)

    assert [item.name for item in document.objects("RunPeriod")] == ["Year"]
    assert result.changes.count("RunPeriod 'January': removed") == 2


def test_a_model_of_one_whole_year_is_not_touched(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, True, CONTROL.format(sizing="No", weather="Yes"), WHOLE)

    (year,) = document.objects("RunPeriod")
    assert year.name == "All"
    assert not [line for line in result.changes if "RunPeriod '" in line or "SimulationControl" in line]


def test_a_model_without_run_period_or_control_is_given_both(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, True, DAYS)

    assert len(document.objects("RunPeriod")) == 1
    assert runs(document)[0] == "No"


def test_not_annual_means_sizing_periods_only(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, False, CONTROL.format(sizing="No", weather="Yes"), JANUARY, DAYS)

    assert runs(document) == ("Yes", "No")
    assert not document.objects("RunPeriod")
    assert "RunPeriod 'January': removed" in result.changes
    assert len(result.outlook.days) == 2


@pytest.mark.parametrize(("sizing", "weather", "environments"), [("Yes", "Yes", 4), ("No", "Yes", 2), ("", "No", 2)])
def test_null_leaves_the_period_as_authored(tmp_path: Path, sizing: str, weather: str, environments: int) -> None:
    control = CONTROL.format(sizing=sizing, weather=weather)

    result, document = prepared(tmp_path, None, control, JANUARY, JULY, DAYS)

    assert control in result.path.read_text()
    assert [period.name for period in document.objects("RunPeriod")] == ["January", "July"]
    assert len(result.outlook.days) == environments


@pytest.mark.parametrize("annual", [True, False])
def test_a_parameter_of_run_periods_that_are_replaced_is_refused(tmp_path: Path, annual: bool) -> None:
    (tmp_path / "model.idf").write_text(f"Version, 25.2;\n{JANUARY}\n{DAYS}")
    (tmp_path / "work").mkdir()
    asked = Preparation(annual=annual, parameters=(Parameter("runperiod", "*", "End Day of Month", "set", 7),))

    with pytest.raises(PreparationError, match="leave annual out"):
        prepare(tmp_path / "model.idf", tmp_path / "work", asked, version=ENGINE_VERSION)


@pytest.mark.parametrize(
    ("field", "annual", "replaced"),
    [
        ("Begin Month", True, True),
        ("end_day_of_month", True, True),
        ("Use Weather File Snow Indicators", True, False),
        ("Day of Week for Start Day", True, False),
        ("Use Weather File Snow Indicators", False, True),
        ("Begin Month", None, False),
    ],
)
def test_what_the_year_keeps_of_a_run_period_may_vary(field: str, annual: bool | None, replaced: bool) -> None:
    assert is_replaced(field, annual) is replaced
