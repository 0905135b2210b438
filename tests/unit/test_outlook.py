"""What is expected of a simulation, from the model's text."""

import json
from pathlib import Path

import pytest

from shared.energyplus.formats.document import load
from shared.energyplus.preparation.outlook import Outlook, outlook_on
from tests.models import ENGINE_VERSION

CONTROL = "SimulationControl, Yes, Yes, No, Yes, {};"
YEAR = "RunPeriod, Year, 1, 1, , 12, 31, , Sunday;"


def outlook(tmp_path: Path, *parts: str, name: str = "in.idf") -> Outlook:
    (tmp_path / name).write_text("\n".join(parts))
    return outlook_on(load(tmp_path / name, ENGINE_VERSION)[0])


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        pytest.param("1, 1, , 12, 31, ", 365, id="a year"),
        pytest.param("1, 1, 2020, 12, 31, 2020", 366, id="a leap year"),
        pytest.param("1, 1, 2017, 12, 31, 2019", 1095, id="three years"),
        pytest.param("2, 1, , 2, 7, ", 7, id="a week"),
        pytest.param("2, 1, , 2, 1, ", 1, id="a day"),
        pytest.param("12, 1, , 1, 31, ", 62, id="over the new year"),
        pytest.param("12, 1, 2013, 1, 31, 2014", 62, id="over the new year, with years"),
        pytest.param("1, 1, 2019, 12, 31, 2017", 365, id="an end years before the begin"),
        pytest.param(", , , , , ", 365, id="no dates"),
        pytest.param("2, 30, , 13, 1, ", 365, id="no day of a calendar"),
        pytest.param("1, 1, 99999999999999999999, 12, 31, ", 365, id="no year of a calendar"),
        pytest.param("12, 31, 9999, 1, 1, ", 365, id="over the end of all calendars"),
        pytest.param("first, 1, , 12, 31, ", 365, id="no number"),
        pytest.param("1", 365, id="too few fields"),
    ],
)
def test_days_of_a_run_period(tmp_path: Path, dates: str, days: int) -> None:
    assert outlook(tmp_path, f"RunPeriod, Some, {dates};").days == (days,)


def test_run_periods_come_last_and_only_those_that_are_simulated(tmp_path: Path) -> None:
    week = "RunPeriod, Week, 2, 1, , 2, 7, , Sunday;"

    days = "SizingPeriod:DesignDay, Cold;\nSizingPeriod:DesignDay, Hot;"

    assert outlook(tmp_path, CONTROL.format("Yes"), YEAR, week, days).days == (1, 1, 365, 7)
    assert outlook(tmp_path, CONTROL.format(""), YEAR, week).days == (365, 7)
    assert outlook(tmp_path, CONTROL.format("No"), YEAR, week, days).days == (1, 1)
    assert outlook(tmp_path, YEAR).days == (365,)


def test_initialising_takes_longer_with_more_surfaces(tmp_path: Path) -> None:
    seconds = [
        outlook(tmp_path, *["BuildingSurface:Detailed, A, Wall;"] * surfaces).initialising_seconds
        for surfaces in (1, 600, 1800, 9000)
    ]

    assert [round(second) for second in seconds] == [1, 1, 4, 98]


def test_an_epjson_model_is_seen_as_an_idf_model_is(tmp_path: Path) -> None:
    model = {
        "BuildingSurface:Detailed": {str(number): {} for number in range(1000)},
        "RunPeriod": {"Week": {"begin_month": 2, "begin_day_of_month": 1, "end_month": 2, "end_day_of_month": 7}},
        "SimulationControl": {"Control": {"run_simulation_for_weather_file_run_periods": "Yes"}},
    }

    found = outlook(tmp_path, json.dumps(model), name="in.epJSON")

    assert found.days == (7,)
    assert round(found.initialising_seconds, 3) == 1.7
