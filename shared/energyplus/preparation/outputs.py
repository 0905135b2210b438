"""Output requests of a prepared model: what the metrics need, and the series that the user wants."""

from dataclasses import dataclass

from shared.energyplus.catalogue import METERS, REPORTS, VARIABLES
from shared.energyplus.formats.document import Document, ModelObject, PreparationError
from shared.energyplus.formats.field_text import refused_text
from shared.energyplus.formats.field_value import field_value
from shared.energyplus.frequencies import DEFAULT_FREQUENCY, FREQUENCIES, spelled
from shared.energyplus.modes import ANY

SERIES_CLASSES = ("Output:Variable", "Output:Meter", "Output:Meter:Cumulative")
METER_FILE_CLASSES = ("Output:Meter:MeterFileOnly", "Output:Meter:Cumulative:MeterFileOnly")
#: Any of these covers all reports.
ALL_REPORTS = ("allsummary", "allsummaryandmonthly", "allsummaryandsizingperiod", "allsummarymonthlyandsizingperiod")
#: Files that are not read here; writing them takes 10-18 % of an annual run with hourly output.
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
#: Tables in kWh, whatever units the model's own tables are in.
SQLITE = {"option_type": "SimpleAndTabular", "unit_conversion_for_tabular_data": "JtoKWH"}
RUN_PERIOD = "RunPeriod"
NEEDED_FILES = ("output_eio", "output_tabular", "output_sqlite", "output_end")


@dataclass(frozen=True, slots=True)
class Output:
    """A series that the user wants, at a frequency: an output variable of the objects that match `key`, or a meter."""

    variable: str
    key: str = ANY
    frequency: str = DEFAULT_FREQUENCY


def set_outputs(document: Document, wanted: tuple[Output, ...] | None) -> tuple[bool, list[str]]:
    """Ask for what the metrics need and for `wanted`; whether there will be series of the user's, and the changes.

    Objects that EnergyPlus allows once are edited where the model has them, so that a second one, or a value that
    EnergyPlus does not know, is reported as it would be for the upload.
    """
    changes = [] if wanted is None else _replace_series(document, wanted)
    series = any(document.objects(name) for name in SERIES_CLASSES)
    _edit(document, "Output:SQLite", SQLITE)
    document.add("Output:Meter", key_name=METERS, reporting_frequency=RUN_PERIOD)
    for variable in VARIABLES:
        document.add("Output:Variable", key_value=ANY, variable_name=variable, reporting_frequency=RUN_PERIOD)
    changes += [
        "Output:SQLite: SimpleAndTabular with tables in kWh",
        f"Output:Meter '{METERS}': added, once per run period",
        *(f"Output:Variable '{variable}': added, once per run period" for variable in VARIABLES),
        *_ask_for_reports(document),
    ]
    _edit(document, "OutputControl:Files", dict.fromkeys(UNUSED_FILES, "No") | dict.fromkeys(NEEDED_FILES, "Yes"))
    changes.append("OutputControl:Files: only .err, .eio, .end, tables and SQLite are written")
    if not document.objects("OutputControl:Table:Style"):
        document.add("OutputControl:Table:Style", column_separator="HTML")
        changes.append("OutputControl:Table:Style: HTML added")
    return series, changes


def _edit(document: Document, class_name: str, values: dict[str, str]) -> None:
    """Set fields of the class's first object, which is added where there is none; older versions lack some fields."""
    found = document.objects(class_name)
    item = found[0] if found else document.add(class_name)
    known = document.schema.get_all_field_names(class_name)
    for field, value in values.items():
        if field in known and _is_valid(document, item, field):
            item.set(field, value)


def _is_valid(document: Document, item: ModelObject, field: str) -> bool:
    """Whether EnergyPlus takes the value that the field has."""
    try:
        field_value(document.schema, item.class_name, field, item.get(field) or "")
    except ValueError:
        return item.get(field) is None
    return True


def _replace_series(document: Document, wanted: tuple[Output, ...]) -> list[str]:
    changes = []
    for class_name in (*SERIES_CLASSES, *METER_FILE_CLASSES):
        if found := document.objects(class_name):
            changes.append(f"{class_name}: {len(found)} removed")
        for item in found:
            document.remove(item)
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
        document.add("Output:Meter", key_name=output.variable, reporting_frequency=frequency)
        return f"Output:Meter '{output.variable}': added, {frequency}"
    document.add("Output:Variable", key_value=output.key, variable_name=output.variable, reporting_frequency=frequency)
    return f"Output:Variable '{output.variable}' of '{output.key}': added, {frequency}"


def _ask_for_reports(document: Document) -> list[str]:
    found = document.objects("Output:Table:SummaryReports")
    asked = {name.strip().lower() for item in found for name in item.listed()}
    missing = [name for name in REPORTS if name.lower() not in asked]
    if asked & set(ALL_REPORTS) or not missing:
        return []
    if found:
        found[0].append(missing)
    else:
        document.add("Output:Table:SummaryReports", reports=[{"report_name": name} for name in missing])
    return [f"Output:Table:SummaryReports: {', '.join(missing)} added"]
