"""Models and weather files as people have them, and what is done with each: the tables of the guide.

`python -m tests.unit.odd_inputs` writes them into docs/guide/models-and-weather.md.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.findings import Rejected
from shared.energyplus.intake import check_model, check_weather
from shared.energyplus.preparation.prepare import Preparation, PreparationError, prepare
from shared.energyplus.preparation.weather import prepare_weather
from tests.models import ENGINE_VERSION, ROOT, weather

PAGE = ROOT / "docs" / "guide" / "models-and-weather.md"
BEGIN, END = "<!-- {}: written by tests/unit/odd_inputs.py -->", "<!-- end -->"
ACCEPTED = "accepted as it is"
MODEL = "Version,25.2;\nBuilding,Box;\n"
LINES = weather("Chicago").read_bytes().replace(b"\r\n", b"\n").splitlines(keepends=True)
HEADERS, ROWS = LINES[:8], LINES[8:]


@dataclass(frozen=True)
class OddInput:
    """What a file has that is odd, in the words of the guide, and the file."""

    odd: str
    content: Callable[[], bytes]
    side_files: tuple[str, ...] = ()


def model(odd: str, text: str, *, encoding: str = "utf-8", files: tuple[str, ...] = ()) -> OddInput:
    return OddInput(odd, lambda: text.encode(encoding), files)


def climate(odd: str, lines: Callable[[], Sequence[bytes]]) -> OddInput:
    return OddInput(odd, lambda: b"".join(lines()))


def header(number: int, old: bytes, new: bytes) -> list[bytes]:
    return [*LINES[:number], LINES[number].replace(old, new, 1), *LINES[number + 1 :]]


def hour(row: bytes, change: int) -> bytes:
    fields = row.split(b",")
    return b",".join([*fields[:3], str(int(fields[3]) + change).encode(), *fields[4:]])


MODELS = (
    model("UTF-8, LF or CR LF line ends, classes in any case", MODEL.replace("Building", "BUILDING")),
    model("Names that differ in case only", MODEL + "Zone,Room;\nZone,ROOM;\n"),
    model("Several objects on a line, comments anywhere behind a comma", MODEL + "Zone, ! name\n A;Zone,B;\n"),
    model("A file beside the model, uploaded with it", MODEL + "Schedule:File,S,,./occ.csv,1,0;\n", files=("occ.csv",)),
    model("A byte-order mark", MODEL, encoding="utf-8-sig"),
    model("Windows-1252, as Latin-1 files mostly are", MODEL.replace("Box", "B\u00fcro \u2013 1"), encoding="cp1252"),
    model("Line ends of old Macintosh computers (CR)", MODEL.replace("\n", "\r")),
    model("A Control-Z at the end, as of DOS", MODEL + "\x1a"),
    model("No Version object", "Building,Box;\n"),
    model("A major version only", MODEL.replace("25.2", "25")),
    model("A version that is not installed", MODEL.replace("25.2", "9.4")),
    model("A misspelt class", MODEL + "Exterior:Ligths,Lamp,Always On,100;\n"),
    model("More fields than the class has", MODEL + "Timestep,4,6;\n"),
    model("A line break in the middle of a name", MODEL + "Zone,Room\n 1;\n"),
    model("A line break before a comma", MODEL + "Zone\n  ,Room\n  ;\n"),
    model("A comment before the first comma", MODEL + "Zone ! a room\n  , Room;\n"),
    model("A class without a field", MODEL + "Output:Diagnostics;\nZone,Room;\n"),
    model("An object that does not end", MODEL + "Zone,Room\n"),
    model("A macro command", MODEL + "##include zones.idf\n"),
    model("A file that was not uploaded", MODEL + "Schedule:File,S,,occ.csv,1,0;\n"),
    model("A file name in other case", MODEL + "Schedule:File,S,,Occ.CSV,1,0;\n", files=("occ.csv",)),
    model("A path", MODEL + "Schedule:File,S,,C:\\data\\occ.csv,1,0;\n"),
    model("A class that needs a preprocessor", MODEL + "GroundHeatTransfer:Basement:SimParameters,0.1,10;\n"),
)
WEATHER = (
    climate("An EPW with one row more than its period", lambda: [*LINES, ROWS[0]]),
    climate("A byte-order mark", lambda: [b"\xef\xbb\xbf", *LINES]),
    climate("A header in other case", lambda: header(0, b"LOCATION", b"Location")),
    climate("A header spelled otherwise", lambda: header(4, b"SAVINGS", b"SAVING")),
    climate("Windows-1252 in a name", lambda: header(0, b"Chicago", "Chic\u00e0go".encode("cp1252"))),
    climate("Blank lines", lambda: [*LINES[:100], b"\n", *LINES[100:]]),
    climate("Spaces around the values", lambda: [*HEADERS, *(row.replace(b",", b" , ") for row in ROWS)]),
    climate("A day missing", lambda: [*HEADERS, *ROWS[:2400], *ROWS[2424:]]),
    climate("A day double", lambda: [*HEADERS, *ROWS[:2424], *ROWS[2400:]]),
    climate("Hours missing", lambda: [*HEADERS, *ROWS[:4000], *ROWS[4002:]]),
    climate("Hours from 0 to 23", lambda: [*HEADERS, *(hour(row, -1) for row in ROWS)]),
    climate("Local clock time", lambda: [*HEADERS, *ROWS[:1609], *ROWS[1610:7321], ROWS[7320], *ROWS[7321:]]),
    climate("A file that was cut", lambda: LINES[:4000]),
    climate("A comma in the city's name", lambda: header(0, b",", b",Lake Town, ")),
    climate("Decimal commas", lambda: [*HEADERS, *(row.replace(b".", b",") for row in ROWS)]),
    climate("Semicolons between columns", lambda: [*HEADERS, *(row.replace(b",", b";") for row in ROWS)]),
)


def outcome(odd: OddInput, name: str) -> tuple[str, str]:
    """What is done with a file: "accepted", "normalised", "warned" or "refused", and the sentence that people see."""
    with tempfile.TemporaryDirectory() as room:
        path, work = Path(room) / name, Path(room) / "work"
        work.mkdir()
        path.write_bytes(odd.content())
        try:
            return _accepted(odd, path, work)
        except (Rejected, PreparationError) as refused:
            return "refused", str(refused)


def _accepted(odd: OddInput, path: Path, work: Path) -> tuple[str, str]:
    if path.suffix == ".epw":
        check_weather(path, path.name)
        prepared = prepare_weather(path, work)
        if prepared.warnings:
            return "warned", "; ".join(prepared.warnings)
        return ("normalised", "; ".join(prepared.changes)) if prepared.changes else ("accepted", ACCEPTED)
    check_model(path, path.name, versions=[ENGINE_VERSION], files=odd.side_files)
    changes = prepare(path, work, Preparation(), version=ENGINE_VERSION).changes
    noted = [change for change in changes if change.startswith(("Model file", "Version"))]
    return ("normalised", "; ".join(noted)) if noted else ("accepted", ACCEPTED)


def table(inputs: Sequence[OddInput], name: str) -> str:
    """A Markdown table with a row for each input."""
    rows = (f"| {odd.odd} | {kind} | {_cell(said)} |" for odd in inputs for kind, said in [outcome(odd, name)])
    return "\n".join(["| the file has | it is | the sentence |", "|---|---|---|", *rows])


def written(page: str) -> str:
    """The page with its tables as they are now."""
    for name, inputs, file in (("models", MODELS, "model.idf"), ("weather", WEATHER, "weather.epw")):
        begin = BEGIN.format(name)
        before, _, rest = page.partition(begin)
        page = f"{before}{begin}\n{table(inputs, file)}\n{END}{rest.partition(END)[2]}"
    return page


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
