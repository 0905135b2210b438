"""Progress from the lines that EnergyPlus prints, and from the time between them."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.energyplus.preparation.outlook import Outlook
from sim_worker.engine.progress import Progress, ProgressReader, Step

#: What EnergyPlus 25.2 prints of an annual run, shortened.
ANNUAL = b"""EnergyPlus Starting
EnergyPlus, Version 25.2.0-cf7368216c, YMD=2026.11.24 02:08
Initializing Response Factors
Calculating CTFs for "EXTERIOR WALL"
Initializing HVAC
Warming up
Performing Zone Sizing Simulation
...for Sizing Period: #1 WINTER DESIGN DAY
Calculating System sizing
...for Sizing Period: #1 WINTER DESIGN DAY
Initializing Simulation
Beginning Primary Simulation
Initializing New Environment Parameters
Warming up {1}
Warming up {2}
Starting Simulation at 01/01/2017 for YEAR
Updating Shadowing Calculations, Start Date=01/21/2017
Continuing Simulation at 01/21/2017 for YEAR
Continuing Simulation at 07/02/2017 for YEAR
Continuing Simulation at 12/27/2017 for YEAR
Writing tabular output file results using HTML format.
Writing final SQL reports
EnergyPlus Run Time=00hr 00min  2.97sec
EnergyPlus Completed Successfully.
"""
#: Three design days, which have no year, are simulated after being sized with.
DESIGN_DAYS = b"""Beginning Primary Simulation
Warming up {1}
Starting Simulation at 01/21 for WINTER DESIGN DAY
Warming up {1}
Starting Simulation at 07/21 for SUMMER DESIGN DAY
Warming up {1}
Starting Simulation at 08/21 for SUMMER DESIGN DAY
"""
YEAR = (365,)
#: Seconds, longer than any run.
LONG = 1e9


def follow(path: Path, printed: bytes, days: tuple[int, ...], pause: float = 0.0) -> list[Progress]:
    """What a reader says after every line, and after the silence of `pause` seconds behind it."""
    reader = ProgressReader(path, Outlook(days=tuple(days)))
    seen, seconds = [], 0.0
    with path.open("ab", buffering=0) as output:
        for line in printed.splitlines(keepends=True):
            output.write(line)
            seen.append(reader.read(seconds))
            if pause:
                seconds += pause
                seen.append(reader.read(seconds))
    return seen


def printed_days(name: str, first: date, days: int) -> bytes:
    """The lines of one period: a warm-up, then a line every twenty days, as EnergyPlus prints them."""
    begins = [first + timedelta(day) for day in range(0, days, 20)]
    lines = [f"Warming up {{{number}}}" for number in range(1, 7)]
    lines += [
        f"{'Continuing' if day > first else 'Starting'} Simulation at {day:%m/%d/%Y} for {name}" for day in begins
    ]
    return ("\n".join(lines) + "\n").encode()


def simulating(seen: list[Progress]) -> list[int]:
    return [p.percent for p in seen if p.text.startswith("Simulating")]


def test_a_year_goes_from_nothing_to_nearly_all(tmp_path: Path) -> None:
    seen = follow(tmp_path / "out", ANNUAL, YEAR)

    assert seen[:2] == [Progress(0, "Starting EnergyPlus"), Progress(0, "Initialising")]
    assert seen[-1] == Progress(97, "Writing reports")
    assert Progress(5, "Sizing: zone") in seen
    assert Progress(5, "Sizing: system") in seen
    assert Progress(5, "Sizing: components") in seen
    middle = next(p for p in seen if p.text == "Simulating YEAR, 07-02")
    assert 45 <= middle.percent <= 60


@pytest.mark.parametrize("pause", [0.0, 0.3, 30.0, LONG])
@pytest.mark.parametrize(
    ("printed", "days"), [(ANNUAL, YEAR), (ANNUAL, (1, 1, 365)), (DESIGN_DAYS, (1, 1, 1)), (DESIGN_DAYS, (1,))]
)
def test_progress_never_goes_back_and_never_says_that_all_is_done(
    tmp_path: Path, printed: bytes, days: tuple[int, ...], pause: float
) -> None:
    percents = [p.percent for p in follow(tmp_path / "out", printed, days, pause)]

    assert percents == sorted(percents)
    assert percents[-1] <= 99


def test_every_period_is_its_share_of_the_whole_also_when_two_have_one_name(tmp_path: Path) -> None:
    seen = follow(tmp_path / "out", DESIGN_DAYS, (1, 1, 1))

    assert [p.percent for p in seen if p.text.startswith("Warming up")][1:] == [10, 39, 68]
    assert simulating(seen) == [34, 63, 92]


@pytest.mark.parametrize(
    ("first", "days"),
    [
        pytest.param(date(2017, 1, 1), 365, id="a year"),
        pytest.param(date(2017, 1, 1), 3 * 365, id="three years"),
        pytest.param(date(2013, 12, 1), 62, id="over the new year"),
        pytest.param(date(2020, 2, 10), 40, id="over 29 February"),
    ],
)
def test_a_period_of_any_length_is_followed_evenly_to_its_end(tmp_path: Path, first: date, days: int) -> None:
    percents = simulating(follow(tmp_path / "out", printed_days("PERIOD", first, days), (days,)))
    for number, percent in enumerate(percents):
        assert percent == 10 + 87 * (6 + 20 * number) // (6 + days)


def test_a_week_has_warmed_up_half_of_its_days(tmp_path: Path) -> None:
    seen = follow(tmp_path / "out", printed_days("WEEK", date(2015, 2, 1), 7), (7,))

    assert [p.percent for p in seen] == [10, 16, 23, 30, 36, 43, 50]


def test_a_period_counts_by_its_days(tmp_path: Path) -> None:
    printed = printed_days("YEARS", date(2017, 1, 1), 730) + printed_days("WEEK", date(2017, 2, 1), 7)

    seen = follow(tmp_path / "out", printed, (730, 7))

    assert next(p.percent for p in seen if p.text == "Warming up for period 2") == 95


def test_time_moves_the_progress_while_nothing_is_printed_and_the_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"EnergyPlus, Version 25.2.0\n")
    reader = ProgressReader(tmp_path / "out", Outlook(100, YEAR))
    seen = [reader.read(seconds) for seconds in range(0, 200, 10)]

    assert seen[0] == Progress(0, "Initialising")
    assert {p.percent for p in seen} == {0, 1, 2, 3, 4}
    assert {p.text for p in seen if p.percent} == {"Initialising (estimated)"}
    assert reader.read(LONG) == Progress(4, "Initialising (estimated)")


def test_a_printed_line_ends_the_estimate(tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.write_bytes(b"EnergyPlus, Version 25.2.0\n")
    reader = ProgressReader(output, Outlook(days=YEAR))
    reader.read(0.0)
    reader.read(LONG)

    with output.open("ab") as file:
        file.write(b"Performing Zone Sizing Simulation\n")

    assert reader.read(LONG) == Progress(5, "Sizing: zone")


def test_days_take_as_long_as_those_before(tmp_path: Path) -> None:
    output = tmp_path / "out"
    reader = ProgressReader(output, Outlook(days=(7,)))
    for number in range(1, 7):
        with output.open("ab") as file:
            file.write(b"Warming up {%d}\n" % number)
        reader.read(100.0 + number * 10)
    with output.open("ab") as file:
        file.write(b"Starting Simulation at 02/01/2015 for WEEK\n")

    began = reader.read(170.0)
    after_the_usual_time = reader.read(240.0)

    assert began == Progress(50, "Simulating WEEK, 02-01")
    assert 70 <= after_the_usual_time.percent <= 85
    assert after_the_usual_time.text == "Simulating WEEK, 02-01 (estimated)"


def test_an_engine_that_prints_nothing_makes_no_progress(tmp_path: Path) -> None:
    assert ProgressReader(tmp_path / "out", Outlook(days=YEAR)).read(LONG) == Progress(0, "Starting EnergyPlus")


@given(
    start=st.integers(0, 99),
    width=st.integers(0, 99),
    began=st.floats(0, 1e6),
    expected=st.floats(0, 1e6),
    times=st.lists(st.floats(0, 1e12), min_size=2),
)
def test_a_step_goes_up_by_time_and_never_reaches_its_end(
    start: int, width: int, began: float, expected: float, times: list[float]
) -> None:
    step = Step("", start, start + width, began, expected)
    percents = [step.percent(seconds) for seconds in sorted(times)]

    assert percents == sorted(percents)
    assert step.percent(began) == percents[0] == start or began < min(times)
    assert percents[-1] < step.end or width == 0


def test_a_line_may_arrive_in_pieces(tmp_path: Path) -> None:
    output = tmp_path / "out"
    reader = ProgressReader(output, Outlook(days=YEAR))
    line = b"Continuing Simulation at 07/02/2017 for YEAR\n"
    said = []
    for end in range(1, len(line) + 1):
        output.write_bytes(b"Starting Simulation at 01/01/2017 for YEAR\n" + line[:end])
        said.append(reader.read(0.0).text)

    assert set(said[:-1]) == {"Simulating YEAR, 01-01"}
    assert said[-1] == "Simulating YEAR, 07-02"


def test_silence_and_garbage_change_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out"
    reader = ProgressReader(output, Outlook(days=YEAR))
    assert reader.read(0.0) == Progress(0, "Starting EnergyPlus")

    output.write_bytes(b"Continuing Simulation at 07/02/2017 for YEAR\n")
    before = reader.read(0.0)
    with output.open("ab") as file:
        file.write(bytes(range(256)) * 100)
        file.write(b"\nContinuing Simulation at 99/99/2017 for YEAR\nContinuing Simulation at 01/01/0000 for YEAR\n")
        file.write(b"x" * 100_000)

    assert reader.read(0.0) == before
    assert reader.read(0.0) == before


def test_periods_and_warm_up_days_beyond_those_expected_do_no_harm(tmp_path: Path) -> None:
    printed = b"".join(b"Warming up {%d}\n" % number for number in (1, 2, 9999, 0)) * 3 + DESIGN_DAYS * 3

    percents = [p.percent for p in follow(tmp_path / "out", printed, (), pause=1.0)]

    assert percents == sorted(percents)
    assert percents[-1] <= 97


def test_a_name_that_is_no_text_is_shown_as_far_as_it_can_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"Starting Simulation at 01/01/2017 for \xff" + b"N" * 500 + b"\n")

    text = ProgressReader(tmp_path / "out", Outlook(days=YEAR)).read(0.0).text

    assert text.startswith("Simulating \N{REPLACEMENT CHARACTER}NNN")
    assert len(text) < 120
