"""Preparation of a model for EnergyPlus, with the list of changes.

The same input gives the same bytes. What the model says is left alone except for what the user asked for and what the
metrics need.
"""

from dataclasses import dataclass
from pathlib import Path

from shared.energyplus.assemblies.assembly import Assembly
from shared.energyplus.formats.document import TEMPLATES, Document, PreparationError, load, shown_name
from shared.energyplus.formats.epjson_document import EpJsonDocument
from shared.energyplus.formats.short_lines import with_short_lines
from shared.energyplus.intake.weather import WeatherPlace
from shared.energyplus.measures.request import MeasureRequest
from shared.energyplus.measures.sizing import resized
from shared.energyplus.preparation.assemblies import PlacedAssemblies, place
from shared.energyplus.preparation.changes import cut
from shared.energyplus.preparation.outlook import Outlook, outlook_on
from shared.energyplus.preparation.outputs import Output, set_outputs
from shared.energyplus.preparation.parameters import Parameter
from shared.energyplus.preparation.period import is_replaced, set_period
from shared.energyplus.preparation.schedule_files import check_schedule_files
from shared.energyplus.preparation.site import set_site
from shared.energyplus.preparation.variants import make_change
from shared.energyplus.programs import (
    GROUND_HEAT_EXCHANGER,
    METHOD,
    RESPONSE_FACTORS,
    advice_on_class,
    advice_on_design,
    has_designer,
)
from shared.energyplus.traits import building_name, has_ideal_loads
from shared.energyplus.versions import is_exact

__all__ = ["MeasureRequest", "Output", "Parameter", "Preparation", "PreparationError", "Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Preparation:
    """What the user asked for.

    `annual` True simulates one whole year, False sizing periods only, None what the model says. `outputs` None keeps
    the model's own series, a tuple replaces them. `ddy` is the name of a DDY file in the run's directory; its location
    and design days replace the model's.
    """

    annual: bool | None = None
    parameters: tuple[Parameter | MeasureRequest, ...] = ()
    assemblies: tuple[Assembly, ...] = ()
    outputs: tuple[Output, ...] | None = None
    ddy: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model ready for EnergyPlus, and what was changed in it, one line a person reads for each change.

    `warnings` are about the results, such as a sizing for another place.
    """

    path: Path
    changes: tuple[str, ...]
    outlook: Outlook
    needs_expansion: bool
    keeps_series: bool
    has_ideal_loads: bool
    building: str | None
    #: None when no assemblies were asked for.
    placed: PlacedAssemblies | None = None
    warnings: tuple[str, ...] = ()


def prepare(
    model: Path,
    directory: Path,
    request: Preparation,
    *,
    version: str,
    weather_year: int | None = None,
    weather_place: WeatherPlace | None = None,
) -> Prepared:
    """Write the model into `directory` as in.idf or in.epJSON, changed as asked. Raises PreparationError.

    `weather_year` is the year of the weather file's first day, when the file has one year; `weather_place` is where it
    is of. `needs_expansion` says that the model has HVACTemplate objects, which only ExpandObjects understands.
    `keeps_series` says that its SQLite output will hold time series that the user asked for, `has_ideal_loads` that its
    systems deliver loads and not energy.
    """
    document, normalised = load(model, version)
    if not any(document.schema.get_object_schema(class_name) for class_name in document.classes()):
        raise PreparationError("model_unreadable", "The model holds no EnergyPlus object")
    _refuse_classes(document)
    check_schedule_files(document, directory)
    changes = [*(f"Model file: {change}" for change in normalised), *inexact_version(document, version)]
    # First, so that parameters and measures change the design days that are simulated.
    sited = set_site(document, weather_place, directory / request.ddy if request.ddy else None)
    changes += sited.changes
    _refuse_replaced(document, request)
    changes += [line for asked in request.parameters for line in make_change(document, asked)]
    if any(isinstance(asked, MeasureRequest) for asked in request.parameters):
        changes += resized(document)
    _refuse_designs(document, version)
    placed = place(document, request.assemblies) if request.assemblies else None
    changes += placed.changes if placed else ()
    changes += set_period(document, request.annual, weather_year=weather_year)
    ideal = has_ideal_loads(document)
    series, lines = set_outputs(document, request.outputs)
    changes += lines
    needs_expansion = any(name.lower().startswith(TEMPLATES.lower()) for name in document.classes())
    path = directory / ("in.epJSON" if document.is_epjson and not needs_expansion else "in.idf")
    text = _text(document, needs_expansion=needs_expansion)
    path.write_text(text, encoding="utf-8", newline="")
    return Prepared(
        path,
        cut(changes),
        outlook_on(document),
        needs_expansion,
        series,
        ideal,
        building_name(document),
        placed,
        sited.warnings,
    )


def _text(document: Document, *, needs_expansion: bool) -> str:
    if not needs_expansion:
        return document.text()
    try:
        return with_short_lines(document.idf() if isinstance(document, EpJsonDocument) else document.text())
    except ValueError as error:
        raise PreparationError("model_unreadable", f"The model cannot be written for ExpandObjects: {error}") from error


def inexact_version(document: Document, engine: str) -> list[str]:
    """EnergyPlus takes a model without a version, or with a major number only, for one of its own version."""
    stated = [str(item.get("version_identifier") or "") for item in document.objects("Version")]
    if stated and is_exact(stated[0]):
        return []
    return [f"Version: the model says {stated[0] if stated else 'none'}, simulated by EnergyPlus {engine}"]


def _refuse_replaced(document: Document, request: Preparation) -> None:
    """Refuse a parameter of run periods whose change `annual` would undo."""
    for asked in request.parameters:
        if (
            isinstance(asked, Parameter)
            and document.schema.resolve_type_name(asked.object) == "RunPeriod"
            and is_replaced(asked.field, request.annual)
        ):
            simulated = "one whole year is" if request.annual else "only sizing periods are"
            raise PreparationError(
                "parameter_refused", f"RunPeriod: {simulated} simulated; leave annual out to vary {asked.field}"
            )


def _refuse_classes(document: Document) -> None:
    for class_name in sorted(document.classes()):
        if advice := advice_on_class(class_name):
            raise PreparationError("object_refused", f"{shown_name(document.objects(class_name)[0])} {advice}")


def _refuse_designs(document: Document, version: str) -> None:
    for item in document.objects(GROUND_HEAT_EXCHANGER) if has_designer(version) else ():
        factors, methods = ([str(item.get(key) or "")] for _, key in (RESPONSE_FACTORS, METHOD))
        if advice := advice_on_design(factors, methods):
            raise PreparationError("object_refused", f"{shown_name(item)} {advice}")
