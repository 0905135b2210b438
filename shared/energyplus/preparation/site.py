"""Where the model's equipment is sized for: its location and design days, or those of a DDY file beside the weather.

Other weather changes the climate of the simulation, not the sizing, unless the design days are changed with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from idfkit.schema import EpJSONSchema

from shared.energyplus.findings import Finding, Rejected, reject
from shared.energyplus.formats.document import Document, ModelObject, PreparationError, shown_name, stated_fields
from shared.energyplus.formats.idf import idf_objects
from shared.energyplus.formats.idf_document import IdfDocument
from shared.energyplus.formats.text import read_text
from shared.energyplus.intake.fields import FieldCheck
from shared.energyplus.intake.weather import WeatherPlace

DDY_SUFFIX = ".ddy"
LOCATION, DESIGN_DAY, SIZING_PERIOD = "Site:Location", "SizingPeriod:DesignDay", "SizingPeriod:"
#: Of the some 18 design days of a DDY file these are used: heating at 99.6 % and cooling at 0.4 % of the year's hours,
#: by dry-bulb temperature. The ends of their names in every DDY file of ASHRAE's design conditions.
USED = ("ann htg 99.6% condns db", "ann clg .4% condns db=>mwb")
#: What describes the climate too, and is in no DDY file.
CLIMATE = ("Site:GroundTemperature:", "Site:WaterMainsTemperature")
#: A DDY file of a place has some 20 kB.
MAX_DDY_BYTES = 4 << 20
#: Beyond this the weather is of another place than the sizing (judgement): stations of one city are nearer.
NEAR_KM = 100.0


@dataclass(frozen=True, slots=True)
class DesignConditions:
    """Location and design days of a DDY file."""

    name: str
    location: ModelObject
    days: Sequence[ModelObject]


@dataclass(frozen=True, slots=True)
class Sited:
    """What was changed, and what the user should know about the sizing."""

    changes: tuple[str, ...]
    warnings: tuple[str, ...]


def paired(weather: str, files: Sequence[str]) -> str | None:
    """The side file that is the DDY file of a weather file: the same name but for the suffix, in any case."""
    wanted = Path(weather).stem.casefold() + DDY_SUFFIX
    return next((name for name in files if name.casefold() == wanted), None)


def read_design_conditions(path: Path, name: str, schema: EpJSONSchema) -> DesignConditions:
    """The location and the design days of a DDY file that are used. Raises Rejected."""
    text = read_text(path, "a DDY file", MAX_DDY_BYTES).content
    document, check = IdfDocument(text, schema), FieldCheck(schema)
    wanted = (LOCATION.lower(), DESIGN_DAY.lower())
    if findings := [
        found for item in idf_objects(text) if item.class_name.lower() in wanted for found in check.findings(item)
    ]:
        raise Rejected(*findings)
    locations, days = document.objects(LOCATION), document.objects(DESIGN_DAY)
    if len(locations) != 1:
        raise reject(f"a DDY file has one {LOCATION}, and this has {len(locations)}")
    used = [next((day for day in days if day.name.lower().endswith(end)), None) for end in USED]
    found = [day for day in used if day is not None]
    if len(found) < len(USED):
        raise Rejected(
            *(
                Finding(f"there is no design day whose name ends in '{end}', in any case")
                for end, day in zip(USED, used, strict=True)
                if day is None
            )
        )
    return DesignConditions(name, locations[0], found)


def set_site(document: Document, place: WeatherPlace | None, ddy: Path | None) -> Sited:
    """Give the model the location and design days of the DDY file, or say how far from its own the weather is.

    Raises PreparationError.
    """
    if ddy is None:
        return Sited((), tuple(_far(document, place)) if place else ())
    try:
        conditions = read_design_conditions(ddy, ddy.name, document.schema)
    except Rejected as error:
        raise PreparationError("design_days_unreadable", f"{ddy.name}: {error}") from error
    changes = [*_replace_location(document, conditions), *_replace_days(document, conditions)]
    stay = sorted(name for name in document.classes() if name.startswith(CLIMATE))
    warnings = [f"{', '.join(stay)} of the model stay as they are, of the climate before"] if stay else []
    return Sited(tuple(changes), tuple(warnings))


def _replace_location(document: Document, conditions: DesignConditions) -> list[str]:
    changes = [f"{shown_name(item)} removed" for item in _removed(document, [LOCATION])]
    _copy(document, conditions.location)
    return [*changes, f"{shown_name(conditions.location)} added from {conditions.name}"]


def _replace_days(document: Document, conditions: DesignConditions) -> list[str]:
    classes = sorted(name for name in document.classes() if name.startswith(SIZING_PERIOD))
    if not classes:
        return [f"No design day added from {conditions.name}: the model has no sizing period"]
    changes = [f"{shown_name(item)} removed" for item in _removed(document, classes)]
    for day in conditions.days:
        _copy(document, day)
    return changes + [f"{shown_name(day)} added from {conditions.name}" for day in conditions.days]


def _removed(document: Document, classes: Sequence[str]) -> list[ModelObject]:
    items = [item for class_name in classes for item in document.objects(class_name)]
    for item in items:
        document.remove(item)
    return items


def _copy(document: Document, item: ModelObject) -> None:
    document.add(item.class_name, item.name, **stated_fields(document, item))


def _far(document: Document, place: WeatherPlace) -> list[str]:
    """A model without sizing periods is sized for nowhere."""
    locations = document.objects(LOCATION)
    if not locations or not any(name.startswith(SIZING_PERIOD) for name in document.classes()):
        return []
    latitude, longitude = (locations[0].get(field) or 0.0 for field in ("latitude", "longitude"))
    if not (isinstance(latitude, int | float) and isinstance(longitude, int | float)):
        return []
    away = place.distance_km(latitude, longitude)
    if away <= NEAR_KM:
        return []
    degrees = abs(latitude - place.latitude)
    return [
        f"The model is sized for {locations[0].name}, {away:.0f} km and {degrees:.0f} degrees of latitude away from "
        f"{place.full_name}, the place of the weather; to size it there, submit the DDY file beside the weather"
    ]
