"""What a prepared model is asked to report."""

from pathlib import Path

import pytest

from shared.energyplus.catalogue import VARIABLES
from shared.energyplus.formats.document import Document, load
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
    return result, load(result.path, ENGINE_VERSION)[0]


def meters(document: Document) -> list[tuple[str, str]]:
    return [(m.get("key_name"), m.get("reporting_frequency")) for m in document.objects("Output:Meter")]


def variables(document: Document) -> list[str]:
    return [variable.get("variable_name") for variable in document.objects("Output:Variable")]


def reports(document: Document) -> list[str]:
    return [name for item in document.objects("Output:Table:SummaryReports") for name in item.listed()]


def test_every_model_is_asked_for_what_the_metrics_need(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, model="Output:SQLite, Simple;\nOutputControl:Files, Yes, Yes, Yes;")

    (sqlite,) = document.objects("Output:SQLite")
    assert (sqlite.get("option_type"), sqlite.get("unit_conversion_for_tabular_data")) == ("SimpleAndTabular", "JtoKWH")
    assert meters(document) == [("*", "RunPeriod")]
    assert set(reports(document)) == {
        "AnnualBuildingUtilityPerformanceSummary",
        "InputVerificationandResultsSummary",
        "DemandEndUseComponentsSummary",
    }


def test_fields_that_an_older_version_does_not_have_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "model.idf").write_text("Version, 23.2;\n" + SERIES)

    result = prepare(tmp_path / "model.idf", tmp_path, Preparation(), version="23.2.0")

    (files,) = load(result.path, "23.2.0")[0].objects("OutputControl:Files")
    assert files.get("output_space_sizing") is None
    assert [files.get(f"output_{name}") for name in ("csv", "wrl", "sqlite")] == ["No", "No", "Yes"]


def test_files_that_nobody_reads_are_not_written(tmp_path: Path) -> None:
    _, document = prepared(tmp_path)

    (files,) = document.objects("OutputControl:Files")
    assert [files.get(f"output_{name}") for name in ("eso", "mtr", "csv")] == ["No"] * 3
    assert [files.get(f"output_{name}") for name in ("sqlite", "tabular", "eio", "end")] == ["Yes"] * 4


def test_authored_series_stay_unless_something_else_is_asked_for(tmp_path: Path) -> None:
    result, document = prepared(tmp_path)

    assert result.keeps_series
    assert meters(document) == [("Electricity:Facility", "Hourly"), ("*", "RunPeriod")]
    assert variables(document) == ["Zone Mean Air Temperature", *VARIABLES]


def test_no_series_can_be_asked_for(tmp_path: Path) -> None:
    result, document = prepared(tmp_path, ())

    assert not result.keeps_series
    assert meters(document) == [("*", "RunPeriod")]
    assert variables(document) == list(VARIABLES)
    assert "Output:Variable: 1 removed" in result.changes


def test_series_asked_for_replace_the_authored_ones(tmp_path: Path) -> None:
    wanted = (Output("Zone Air Relative Humidity", "South", "daily"), Output("Heating:NaturalGas"))

    result, document = prepared(tmp_path, wanted)

    variable, *_ = document.objects("Output:Variable")
    fields = ("key_value", "variable_name", "reporting_frequency")
    assert [variable.get(field) for field in fields] == ["South", "Zone Air Relative Humidity", "Daily"]
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

    assert len(document.objects("OutputControl:Table:Style")) == 1
    assert f"OutputControl:Table:Style, {style};" in result.path.read_text()


def test_a_model_without_a_report_style_gets_html(tmp_path: Path) -> None:
    _, document = prepared(tmp_path)

    assert [style.get("column_separator") for style in document.objects("OutputControl:Table:Style")] == ["HTML"]


def test_reports_that_the_model_has_are_kept_and_not_asked_for_twice(tmp_path: Path) -> None:
    _, document = prepared(
        tmp_path, model="Output:Table:SummaryReports, ClimaticDataSummary, DemandEndUseComponentsSummary;"
    )

    assert reports(document) == [
        *("ClimaticDataSummary", "DemandEndUseComponentsSummary"),
        *("AnnualBuildingUtilityPerformanceSummary", "InputVerificationandResultsSummary"),
    ]


def test_a_blank_report_name_stays_for_energyplus_to_complain_about(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, model="Output:Table:SummaryReports, EnvelopeSummary, , ObjectCountSummary;")

    assert reports(document)[:3] == ["EnvelopeSummary", "", "ObjectCountSummary"]


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        ("Output:SQLite, Simple;\nOutput:SQLite,;", "Output:SQLite, SimpleAndTabular, JtoKWH;\nOutput:SQLite,;"),
        ("Output:SQLite, Simpel;", "Output:SQLite, Simpel, JtoKWH;"),
    ],
)
def test_what_energyplus_refuses_is_not_mended(tmp_path: Path, model: str, kept: str) -> None:
    result, _ = prepared(tmp_path, model=model)

    assert kept in result.path.read_text()


def test_a_model_that_asks_for_all_reports_is_asked_for_no_more(tmp_path: Path) -> None:
    _, document = prepared(tmp_path, model="Output:Table:SummaryReports, AllSummary;")

    assert reports(document) == ["AllSummary"]
