"""Weather files and run periods as people have them: what is simulated, and that all figures are over that span."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.box import BOX, OPTIONS, PERIOD, RUN, WEEK, Change, box, execute, metrics, of_2020


@pytest.mark.parametrize(
    ("change", "normalised"),
    [
        (lambda lines: lines, []),
        (lambda lines: [b"\xef\xbb\xbf", *lines], ["the byte-order mark removed"]),
        (lambda lines: [b"Location" + lines[0][8:], *lines[1:]], ["header 'Location' written as 'LOCATION'"]),
        (
            lambda lines: [*lines[:4], lines[4].replace(b"SAVINGS", b"SAVING"), *lines[5:]],
            ["header 'HOLIDAYS/DAYLIGHT SAVING' written as 'HOLIDAYS/DAYLIGHT SAVINGS'"],
        ),
        (
            lambda lines: [*lines[:7], lines[7].replace(b"DATA PERIODS", b"Data Periods"), *lines[8:]],
            ["header 'Data Periods' written as 'DATA PERIODS'"],
        ),
        (lambda lines: [*lines[:99], b" \n", *lines[99:]], ["blank lines removed"]),
        (lambda lines: [line.replace(b"\n", b"\r") for line in lines], ["carriage returns .*"]),
        (lambda lines: [*lines, lines[8]], []),
    ],
)
def test_a_weather_file_is_simulated_as_it_was_checked(tmp_path: Path, change: Change, normalised: list[str]) -> None:
    found = metrics(tmp_path, BOX, change)

    assert found["site_energy_kwh"] == WEEK
    changes = [line for line in json.loads((tmp_path / "run" / "changes.json").read_text()) if "Weather file" in line]
    assert len(changes) == len(normalised)
    assert all(re.search(says, line) for says, line in zip(normalised, changes, strict=True))


@pytest.mark.parametrize(
    ("period", "change", "hours", "kwh", "kind"),
    [
        (f"RunPeriod,Three,1,1,2017,12,31,2019,,{OPTIONS};", None, 8760, 7041.511164, "annual"),
        (f"{PERIOD}\nRunPeriod,P,7,1,,7,7,,Sunday,{OPTIONS};", None, 8760, 7041.511164, "annual"),
        (f"RunPeriod,Summer,6,1,2020,8,31,2020,Monday,{OPTIONS},Yes;", of_2020, 8784, 7066.199767, "annual"),
        (f"RunPeriod,Summer,6,1,,8,31,,,{OPTIONS},Yes;", of_2020, 8784, 7066.199767, "annual"),
    ],
)
def test_annual_is_one_year(
    tmp_path: Path, period: str, change: Change | None, hours: float, kwh: float, kind: str
) -> None:
    found = metrics(tmp_path, box(period), change, annual=True)

    assert (found["period"]["kind"], found["period"]["hours_simulated"]) == (kind, hours)
    assert found["site_energy_kwh"] == pytest.approx(kwh, abs=1e-6)


@pytest.mark.parametrize(
    ("period", "weekday"),
    [
        (f"RunPeriod,P,6,1,,8,31,,Monday,{OPTIONS};", "Thursday"),
        (f"RunPeriod,P,6,1,2020,8,31,2020,Monday,{OPTIONS};", "Wednesday"),
        (f"RunPeriod,P,3,1,,8,31,,Monday,{OPTIONS};", "Friday"),
        (f"RunPeriod,P,6,1,,8,31,,,{OPTIONS};", "Sunday"),
    ],
)
def test_1_january_has_the_weekday_that_energyplus_counts_on_to_the_first_period(
    tmp_path: Path, period: str, weekday: str
) -> None:
    """The environment line of eplusout.eio, of the year and of the period as authored."""
    (tmp_path / "year").mkdir()
    (tmp_path / "authored").mkdir()
    metrics(tmp_path / "year", box(period), annual=True)
    metrics(tmp_path / "authored", box(period))

    year, authored = (
        next(line for line in (tmp_path / name / "run" / "eplusout.eio").read_text().splitlines() if RUN in line)
        for name in ("year", "authored")
    )
    assert year.split(",")[5] == weekday
    # Both are of a year that has its days on the same weekdays.
    begin, end = (datetime.strptime(line.split(",")[3], "%m/%d/%Y").replace(tzinfo=UTC) for line in (year, authored))
    assert f"{begin:%A}" == weekday
    assert f"{begin.replace(month=end.month):%A}" == f"{end:%A}" == authored.split(",")[5]


def test_a_day_missing_is_a_warning_among_the_messages(tmp_path: Path) -> None:
    executed = execute(tmp_path, BOX, lambda lines: [*lines[: 8 + 72], *lines[8 + 96 :]])

    assert executed.results is not None
    warning = executed.said.messages[0]
    assert (warning.severity, warning.count) == ("warning", 1)
    assert warning.text.startswith("EPSM: 1 day (1/4) is missing in the weather file")


def test_without_annual_the_sizing_periods_alone_are_run_whatever_the_run_periods_say(tmp_path: Path) -> None:
    found = metrics(tmp_path, box(f"RunPeriod,R,1,1,2017,12,31,2017,,{OPTIONS},Yes;"), annual=False)

    assert found["period"] == {"kind": "design_days", "hours_simulated": 0, "environments": ["WINTER", "SUMMER"]}


def test_all_figures_are_over_the_same_span(tmp_path: Path) -> None:
    (tmp_path / "year").mkdir()
    (tmp_path / "three").mkdir()
    year = metrics(tmp_path / "year", box(f"RunPeriod,One,1,1,2017,12,31,2017,,{OPTIONS};"))
    three = metrics(tmp_path / "three", box(f"RunPeriod,Three,1,1,2017,12,31,2019,,{OPTIONS};"))

    assert three["period"]["kind"] == "multiple"
    for name in ("site_energy_kwh", "source_energy_kwh", "unmet_cooling_hours", "not_comfortable_hours"):
        assert three[name] / year[name] == pytest.approx(3, rel=2e-3), name
    assert three["source_energy_kwh"] == pytest.approx(3.167 * three["site_energy_kwh"], rel=1e-12)
