"""Members of a ZIP archive: which are skipped, which are models, which are weather files."""

import json
from pathlib import Path

import pytest

from shared.energyplus.formats.members import is_model, is_skipped, is_weather

VERSION = {"Version": {"Version 1": {"idf_order": 1, "version_identifier": "25.2"}}}


@pytest.mark.parametrize(
    "path",
    [
        "__MACOSX/project/._a.idf",
        "project/__MACOSX/a.idf",
        "project/._a.idf",
        ".DS_Store",
        "project/.DS_Store",
        "project/Thumbs.db",
        "project/thumbs.db",
        "Desktop.ini",
        ".git/config",
        "project/.idea/workspace.xml",
        "eplusout.err",
        "results/eplusout.sql",
        "results/eplusout.json",
        "results/eplustbl.htm",
        "results/eplusmtr.csv",
        "results/epluszsz.csv",
        "results/EPLUSOUT.ESO",
        "results/office.eso",
        "results/office.rdd",
        "results/office.err",
        "results/audit.out",
        "results/sqlite.err",
        "results/expandedidf.err",
        "Energy+.ini",
        "Energy+.idd",
        "in.rvi",
        "weather/x.ddy",
        "weather/x.STAT",
        "weather/x.clm",
        "weather/x.wea",
        "weather/x.pvsyst",
        "weather/x.rain",
    ],
)
def test_files_that_no_simulation_reads_are_skipped(path: str) -> None:
    assert is_skipped(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.idf",
        "project/models/a.epJSON",
        "eplus_office.idf",
        "eplus_town.epw",
        "in.idf",
        "in.epw",
        "expanded.idf",
        "project.stat/a.idf",
        "eplusout/a.csv",
        "schedules/occ.csv",
        "a.json",
        "readme",
        "a..b.csv",
    ],
)
def test_models_weather_and_side_files_are_not_skipped(path: str) -> None:
    assert not is_skipped(path)


@pytest.mark.parametrize("name", ["a.idf", "A.IDF", "a.imf", "a.epJSON", "a.epjson"])
def test_a_model_is_known_by_its_suffix(tmp_path: Path, name: str) -> None:
    file = tmp_path / "part"
    file.write_bytes(b"")

    assert is_model(name, file)
    assert not is_weather(name)


@pytest.mark.parametrize("name", ["a.csv", "idf", "a.idf.txt", "a.epw", "a.idd"])
def test_other_suffixes_are_no_models(tmp_path: Path, name: str) -> None:
    file = tmp_path / "part"
    file.write_text(json.dumps(VERSION))

    assert not is_model(name, file)


@pytest.mark.parametrize("name", ["x.epw", "X.EPW"])
def test_a_weather_file_is_known_by_its_suffix(name: str) -> None:
    assert is_weather(name)
    assert not is_weather("x.epw.csv")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(json.dumps(VERSION).encode(), True, id="a version object"),
        pytest.param(b"\xef\xbb\xbf \r\n" + json.dumps(VERSION, indent=1).encode(), True, id="a byte order mark"),
        pytest.param(b" " * 70_000 + json.dumps(VERSION).encode(), True, id="a long beginning"),
        pytest.param(b'{"Version": {"v": {"version_identifier": "25.2"}}, "Zone": ', True, id="cut off"),
        pytest.param(b'{"hours": [1, 2]}', False, id="other JSON"),
        pytest.param(b'["version_identifier"]', False, id="a list"),
        pytest.param(b"version_identifier", False, id="no JSON"),
        pytest.param(b"", False, id="empty"),
        pytest.param(b" ", False, id="a space"),
    ],
)
def test_a_json_file_is_a_model_when_it_has_the_version_of_one(tmp_path: Path, content: bytes, expected: bool) -> None:
    file = tmp_path / "part"
    file.write_bytes(content)

    assert is_model("a.json", file) is expected
