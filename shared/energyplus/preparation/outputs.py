"""What the model is asked to report: what the metrics need, and the series that somebody wants."""

from dataclasses import dataclass
from typing import Any

from idfkit import IDFObject

from shared.energyplus.catalogue import METERS, REPORTS
from shared.energyplus.formats.document import Document, PreparationError, objects
from shared.energyplus.formats.field_text import refused_text
from shared.energyplus.frequencies import DEFAULT_FREQUENCY, FREQUENCIES, spelled
from shared.energyplus.modes import ANY

SERIES_CLASSES = ("Output:Variable", "Output:Meter", "Output:Meter:Cumulative")
METER_FILE_CLASSES = ("Output:Meter:MeterFileOnly", "Output:Meter:Cumulative:MeterFileOnly")
#: Any of these covers all reports.
ALL_REPORTS = ("allsummary", "allsummaryandmonthly", "allsummaryandsizingperiod", "allsummarymonthlyandsizingperiod")
#: Files nobody reads here; writing them takes 10-18 % of an annual run with hourly output.
UNUSED_FILES = (
    "output_csv",
    "output_mtr",
    "output_eso",
    "output_json",
    "output_audit",
    "output_space_sizing",
    "output_zone_sizing",
    "output_system_sizing",
    "output_dxf",
    "output_bnd",
    "output_rdd",
    "output_mdd",
    "output_mtd",
    "output_shd",
    "output_screen",
    "output_extshd",
    "output_wrl",
)
NEEDED_FILES = ("output_eio", "output_tabular", "output_sqlite", "output_end")


@dataclass(frozen=True, slots=True)
class Output:
    """A series that the user wants, at a frequency: an output variable of the objects that match `key`, or a meter."""

    variable: str
    key: str = ANY
    frequency: str = DEFAULT_FREQUENCY


def set_outputs(document: Document, wanted: tuple[Output, ...] | None) -> tuple[bool, list[str]]:
    """Ask for what the metrics need and for `wanted`; whether there will be series of the user's, and the changes."""
    changes = [] if wanted is None else _replace_series(document, wanted)
    series = any(objects(document, name) for name in SERIES_CLASSES)
    for sqlite in objects(document, "Output:SQLite"):
        document.removeidfobject(sqlite)
    document.add(
        "Output:SQLite",
        fields={"option_type": "SimpleAndTabular", "unit_conversion_for_tabular_data": "JtoKWH"},
        validate=False,
    )
    document.add("Output:Meter", fields={"key_name": METERS, "reporting_frequency": "RunPeriod"}, validate=False)
    changes += [
        "Output:SQLite: SimpleAndTabular with tables in kWh",
        f"Output:Meter '{METERS}': added, once per run period",
        *_ask_for_reports(document),
        *_choose_files(document),
    ]
    if not objects(document, "OutputControl:Table:Style"):
        document.add("OutputControl:Table:Style", fields={"column_separator": "HTML"}, validate=False)
        changes.append("OutputControl:Table:Style: HTML added")
    return series, changes


def _replace_series(document: Document, wanted: tuple[Output, ...]) -> list[str]:
    changes = []
    for class_name in (*SERIES_CLASSES, *METER_FILE_CLASSES):
        if found := objects(document, class_name):
            changes.append(f"{class_name}: {len(found)} removed")
        for item in found:
            document.removeidfobject(item)
    return changes + [_add_series(document, output) for output in wanted]


def _add_series(document: Document, output: Output) -> str:
    if not output.variable:
        raise PreparationError("output_refused", "Output: no variable is named")
    frequency = spelled(output.frequency)
    if frequency is None:
        raise PreparationError(
            "output_refused",
            f"Output '{output.variable}': there is no frequency '{output.frequency}', only {', '.join(FREQUENCIES)}",
        )
    for text in (output.variable, output.key):
        if reason := refused_text(text):
            raise PreparationError("output_refused", f"Output: {reason}")
    # Names of meters have a colon (Electricity:Facility), names of variables have none.
    if ":" in output.variable:
        fields = {"key_name": output.variable, "reporting_frequency": frequency}
        document.add("Output:Meter", fields=fields, validate=False)
        return f"Output:Meter '{output.variable}': added, {frequency}"
    fields = {"key_value": output.key, "variable_name": output.variable, "reporting_frequency": frequency}
    document.add("Output:Variable", fields=fields, validate=False)
    return f"Output:Variable '{output.variable}' of '{output.key}': added, {frequency}"


def _ask_for_reports(document: Document) -> list[str]:
    found = objects(document, "Output:Table:SummaryReports")
    asked = {str(row.get("report_name", "")).strip().lower() for item in found for row in _rows(item)}
    if asked & set(ALL_REPORTS):
        return []
    missing = [name for name in REPORTS if name.lower() not in asked]
    if not missing:
        return []
    rows = [dict(row) for row in _rows(found[0])] if found else []
    rows += [{"report_name": name} for name in missing]
    if found:
        found[0]["reports"] = rows
    else:
        document.add("Output:Table:SummaryReports", fields={"reports": rows}, validate=False)
    return [f"Output:Table:SummaryReports: {', '.join(missing)} added"]


def _rows(reports: IDFObject) -> list[dict[str, Any]]:
    rows = reports.data.get("reports")
    return rows if isinstance(rows, list) else []


def _choose_files(document: Document) -> list[str]:
    choice = dict.fromkeys(UNUSED_FILES, "No") | dict.fromkeys(NEEDED_FILES, "Yes")
    for control in objects(document, "OutputControl:Files"):
        document.removeidfobject(control)
    document.add("OutputControl:Files", fields=choice, validate=False)
    return ["OutputControl:Files: only .err, .eio, .end, tables and SQLite are written"]
