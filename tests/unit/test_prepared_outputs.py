"""What a prepared model is asked to report."""

from pathlib import Path

import pytest

from shared.energyplus.formats.document import Document, load, objects
from shared.energyplus.preparation.prepare import Output, Preparation, PreparationError, Prepared, prepare
from tests.models import ENGINE_VERSION

SERIES = """\
Output:Variable, *, Zone Mean Air Temperature, Hourly;
Output:Meter, Electricity:Facility, Hourly;
Output:Meter:MeterFileOnly, NaturalGas:Facility, Hourly;
"""


def prepared(
    directory: Path, outputs: tuple[Output, ...] | None = None, model: str = SERIES
) -> tuple[Prepared, Document]:
    path = directory / "model.idf"
    path.write_text("Version, 25.2;\n" + model)
    work = directory / "work"
    work.mkdir()
    result = prepare(path, work, Preparation(outputs=outputs), version=ENGINE_VERSION)
    return result, load(result.path, directory / "again.idf", ENGINE_VERSION)


def meters(document: Document) -> list[tuple[str, str]]:
    return [(m["key_name"], m["reporting_frequency"]) for m in objects(document, "Output:Meter")]


def reports(document: Document) -> list[str]:
    return [row["report_name"] for item in objects(document, "Output:Table:SummaryReports") for row in item["reports"]]


def test_every_model_is_asked_for_what_the_metrics_need(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, model="Output:SQLite, Simple;\nOutputControl:Files, Yes, Yes, Yes;")

    (sqlite,) = objects(document, "Output:SQLite")
    assert (sqlite["option_type"], sqlite["unit_conversion_for_tabular_data"]) == ("SimpleAndTabular", "JtoKWH")
    assert meters(document) == [("*", "RunPeriod")]
    assert set(reports(document)) == {
        "AnnualBuildingUtilityPerformanceSummary",
        "InputVerificationandResultsSummary",
        "DemandEndUseComponentsSummary",
    }


def test_files_that_nobody_reads_are_not_written(tmp_path: Path) -> None:
    _, document = prepared(tmp_path)

    (files,) = objects(document, "OutputControl:Files")
    assert [files[f"output_{name}"] for name in ("eso", "mtr", "csv")] == ["No"] * 3
    assert [files[f"output_{name}"] for name in ("sqlite", "tabular", "eio", "end")] == ["Yes"] * 4


def test_authored_series_stay_unless_something_else_is_asked_for(tmp_path: Path) -> None:
    result, document = prepared(tmp_path)

    assert result.keeps_series
    assert meters(document) == [("Electricity:Facility", "Hourly"), ("*", "RunPeriod")]
    assert len(objects(document, "Output:Variable")) == 1


def test_no_series_can_be_asked_for(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, ())

    assert not result.keeps_series
    assert meters(document) == [("*", "RunPeriod")]
    assert not objects(document, "Output:Variable")
    assert "Output:Variable: 1 removed" in result.changes


def test_series_asked_for_replace_the_authored_ones(tmp_path: Path) -> None:
    wanted = (Output("Zone Air Relative Humidity", "South", "daily"), Output("Heating:NaturalGas"))

    result, document = prepared(tmp_path, wanted)

    (variable,) = objects(document, "Output:Variable")
    fields = ("key_value", "variable_name", "reporting_frequency")
    assert [variable[field] for field in fields] == ["South", "Zone Air Relative Humidity", "Daily"]
    assert meters(document) == [("Heating:NaturalGas", "Hourly"), ("*", "RunPeriod")]
    assert result.keeps_series


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (Output("Zone Mean Air Temperature", frequency="Weekly"), "no frequency 'Weekly'"),
        (Output(""), "no variable"),
        (Output("Zone Mean Air Temperature, Hourly; Zone"), "has a ','"),
        (Output("Zone Mean Air Temperature", key="South;"), "has a ';'"),
    ],
)
def test_an_output_that_no_model_can_hold_is_refused(tmp_path: Path, output: Output, reason: str) -> None:
    with pytest.raises(PreparationError, match=reason) as refused:
        prepared(tmp_path, (output,))

    assert refused.value.code == "output_refused"


@pytest.mark.parametrize("style", ["CommaAndHTML, InchPound", "HTML, JtoGJ"])
def test_the_style_of_the_users_report_is_left_alone(tmp_path: Path, style: str) -> None:
    result, document = prepared(tmp_path, model=f"OutputControl:Table:Style, {style};")

    assert len(objects(document, "OutputControl:Table:Style")) == 1
    assert f"OutputControl:Table:Style, {style};" in result.path.read_text()


def test_a_model_without_a_report_style_gets_html(tmp_path: Path) -> None:
    _, document = prepared(tmp_path)

    assert [style["column_separator"] for style in objects(document, "OutputControl:Table:Style")] == ["HTML"]


def test_reports_that_the_model_has_are_kept_and_not_asked_for_twice(tmp_path: Path) -> None:
    _, document = prepared(
        tmp_path, model="Output:Table:SummaryReports, ClimaticDataSummary, DemandEndUseComponentsSummary;"
    )

    assert sorted(reports(document)) == [
        "AnnualBuildingUtilityPerformanceSummary",
        "ClimaticDataSummary",
        "DemandEndUseComponentsSummary",
        "InputVerificationandResultsSummary",
    ]


def test_a_model_that_asks_for_all_reports_is_asked_for_no_more(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, model="Output:Table:SummaryReports, AllSummary;")

    assert reports(document) == ["AllSummary"]
