"""Progress from the lines that EnergyPlus prints."""

from pathlib import Path

import pytest

from sim_worker.engine.progress import Progress, ProgressReader

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


def follow(path: Path, printed: bytes, environments: int) -> list[Progress]:
    """What a reader says after every line."""
    reader = ProgressReader(path, environments)
    seen = []
    with path.open("ab", buffering=0) as output:
        for line in printed.splitlines(keepends=True):
            output.write(line)
            seen.append(reader.read())
    return seen


def test_a_year_goes_from_nothing_to_nearly_all(tmp_path: Path) -> None:
    seen = follow(tmp_path / "out", ANNUAL, 1)

    assert seen[0] == Progress(0, "Starting EnergyPlus")
    assert seen[-1] == Progress(97, "Writing reports")
    assert Progress(2, "Sizing: zone") in seen
    assert Progress(2, "Sizing: system") in seen
    middle = next(p for p in seen if p.text == "Simulating YEAR, 07-02")
    assert 45 <= middle.percent <= 60


@pytest.mark.parametrize(("printed", "environments"), [(ANNUAL, 1), (ANNUAL, 3), (DESIGN_DAYS, 3), (DESIGN_DAYS, 1)])
def test_progress_never_goes_back_and_never_says_that_all_is_done(
    tmp_path: Path, printed: bytes, environments: int
) -> None:
    percents = [p.percent for p in follow(tmp_path / "out", printed, environments)]

    assert percents == sorted(percents)
    assert percents[-1] <= 99


def test_every_period_is_its_share_of_the_whole_also_when_two_have_one_name(tmp_path: Path) -> None:
    seen = follow(tmp_path / "out", DESIGN_DAYS, 3)

    starts = [p.percent for p in seen if p.text.startswith("Simulating")]
    assert starts == [8, 37, 67]


def test_a_line_may_arrive_in_pieces(tmp_path: Path) -> None:
    output = tmp_path / "out"
    reader = ProgressReader(output, 1)
    line = b"Continuing Simulation at 07/02/2017 for YEAR\n"
    said = []
    for end in range(1, len(line) + 1):
        output.write_bytes(b"Starting Simulation at 01/01/2017 for YEAR\n" + line[:end])
        said.append(reader.read().text)

    assert set(said[:-1]) == {"Simulating YEAR, 01-01"}
    assert said[-1] == "Simulating YEAR, 07-02"


def test_silence_and_garbage_change_nothing(tmp_path: Path) -> None:
    output = tmp_path / "out"
    reader = ProgressReader(output, 1)
    assert reader.read() == Progress(0, "Starting EnergyPlus")

    output.write_bytes(b"Continuing Simulation at 07/02/2017 for YEAR\n")
    before = reader.read()
    with output.open("ab") as file:
        file.write(bytes(range(256)) * 100 + b"\nContinuing Simulation at 99/99/2017 for YEAR\n" + b"x" * 100_000)

    assert reader.read() == before
    assert reader.read() == before


def test_a_name_that_is_no_text_is_shown_as_far_as_it_can_be(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"Starting Simulation at 01/01/2017 for \xff" + b"N" * 500 + b"\n")

    text = ProgressReader(tmp_path / "out", 1).read().text

    assert text.startswith("Simulating \N{REPLACEMENT CHARACTER}NNN")
    assert len(text) < 120
