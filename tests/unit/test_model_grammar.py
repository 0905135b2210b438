"""Files that only look like models are refused, by line, before a parser can lose itself in them."""

import json
from pathlib import Path

import pytest

from shared.energyplus.formats.grammar import check_idf
from shared.energyplus.preparation.prepare import Preparation, PreparationError, prepare
from tests.models import ENGINE_VERSION, SMALL_OFFICE

VERSION = {"Version": {"Version 1": {"version_identifier": "25.2"}}}


def refused(directory: Path, name: str, text: str) -> str:
    (directory / name).write_text(text)
    work = directory / "work"
    work.mkdir()
    with pytest.raises(PreparationError) as error:
        prepare(directory / name, work, Preparation(annual=True), version=ENGINE_VERSION)
    assert error.value.code == "model_unreadable"
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Version,25.2;\nZone," + "a" * 30, "line 2: the object that begins with 'Zone,aaa"),
        ("Version,25.2;\n\nZone,\n  A ! with ; in a comment\n", "line 3: the object that begins with 'Zone,'"),
        ("Version,25.2;\nZone," + "!\n" * 30_000, "line 2: the object that begins with 'Zone,!'"),
        ("Version,25.2;\n##include other.idf\n", "line 2: '##include other.idf' is the beginning of no"),
        ("Version,25.2;\n" + "abc " * 50_000, "line 2: 'abc abc"),
        ("Version,25.2;\n{}", "line 2: '{}' is the beginning of no"),
        ("Zone,A;\n" * 100_001, "more than 100,000 objects"),
    ],
)
def test_a_file_that_is_no_idf_is_refused_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    assert reason in refused(tmp_path, "model.idf", text)


@pytest.mark.parametrize("part", [0.3, 0.6, 0.999])
def test_a_model_cut_off_is_refused(tmp_path: Path, part: float) -> None:
    text = SMALL_OFFICE.read_text()
    cut = text.rindex(",", 0, int(len(text) * part))

    assert "a semicolon is missing" in refused(tmp_path, "model.idf", text[:cut])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "! only a comment",
        "Version,25.2;",
        "Version , 25.2 ; Zone,A;Zone,B ;",
        "Version,25.2;\r\nZone, ! name; next\r\n  A; ! the end\r\n\x1a",
        "Simulation Data;\nVersion,25.2;\nEnd Simulation Data;",
        "Zone ! class\n , A;",
        "HVACTemplate:Zone:VAV,A,,;;",
        "\u00a0Zone,Caf\u00e9;",
    ],
)
def test_what_energyplus_reads_is_no_less_an_idf(text: str) -> None:
    check_idf(text)


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ([], "object of classes"),
        (VERSION | {"Zone": ["A"]}, "Zone is no collection"),
        (VERSION | {"Zone": {"A": 5}}, "Zone is no collection"),
        (VERSION | {"Zone": {"A": {"x_origin": {}}}}, "Zone 'A': x_origin is neither"),
        (VERSION | {"Zone": {"A": {"x_origin": [1]}}}, "Zone 'A': x_origin is neither"),
        (
            VERSION | {"Zone": {"A; PythonPlugin:Instance": {}}, "HVACTemplate:Thermostat": {"T": {}}},
            "has a ';'",
        ),
    ],
)
def test_json_that_is_no_epjson_is_refused_by_name(tmp_path: Path, model: object, reason: str) -> None:
    assert reason in refused(tmp_path, "model.epJSON", json.dumps(model))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"Version": ' + "9" * 5000 + "}", "{", "\0"])
def test_json_that_no_parser_takes_is_refused(tmp_path: Path, text: str) -> None:
    assert "cannot be read" in refused(tmp_path, "model.epJSON", text)


def test_a_list_of_reports_that_is_none_does_no_harm(tmp_path: Path) -> None:
    model = tmp_path / "model.epJSON"
    model.write_text(json.dumps(VERSION | {"Output:Table:SummaryReports": {"Reports": {"reports": 5}}}))
    work = tmp_path / "work"
    work.mkdir()

    prepared = prepare(model, work, Preparation(), version=ENGINE_VERSION)

    (written,) = json.loads(prepared.path.read_text())["Output:Table:SummaryReports"].values()
    assert {"report_name": "AnnualBuildingUtilityPerformanceSummary"} in written["reports"]
