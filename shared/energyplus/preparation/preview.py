"""What a checked model would simulate, read without preparing a run. Called by the API for a dry run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from shared.energyplus.building.geometry import Geometry, read_geometry
from shared.energyplus.building.surfaces import read_surfaces
from shared.energyplus.building.zones import total_floor_area
from shared.energyplus.findings import Rejected
from shared.energyplus.formats.document import Document
from shared.energyplus.preparation.features import ModelFeatures, read_features
from shared.energyplus.preparation.outputs import Output
from shared.energyplus.preparation.period import SIZING_CLASSES, control, dates_of, days_of, set_period
from shared.energyplus.preparation.prepare import inexact_version
from shared.energyplus.preparation.profile_series import profiled
from shared.energyplus.profiles import DEFAULT_PROFILE
from shared.energyplus.traits import building_name

#: Bounds the answer for a model with thousands of design days.
MAX_PERIODS = 50
#: EnergyPlus's own limit of a name, when it had one, was 100.
MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class PreviewedPeriod:
    """One period that would be simulated, with its first and last day as month and day, where the model gives them."""

    kind: str
    name: str
    begin: str | None
    end: str | None
    days: int


@dataclass(frozen=True, slots=True)
class PreviewedSite:
    """Where the model says that the building is, in degrees north and east."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class ModelPreview:
    """What a model says about itself; `warnings` are sentences about what a run would change, or refuse.

    The area is None where the surfaces make none; the geometry is None where it was not asked for. `features` are those
    of the prepared model, but for what its parameters change.
    """

    version: str | None
    building: str
    zones: int
    total_area_m2: float | None
    site: PreviewedSite | None
    periods: Sequence[PreviewedPeriod]
    warnings: Sequence[str]
    features: ModelFeatures
    geometry: Geometry | None = None


def preview_model(
    document: Document,
    normalised: Sequence[str],
    engine: str,
    *,
    annual: bool | None,
    outputs: tuple[Output, ...] | None = None,
    profile: str = DEFAULT_PROFILE,
    with_geometry: bool = False,
) -> ModelPreview:
    """Look into a model that the checks have accepted; `normalised` is what was changed in its text.

    Changes the document. Raises PreparationError.
    """
    warnings = [*normalised, *inexact_version(document, engine)]
    set_period(document, annual)
    area, geometry = _building(document, with_geometry)
    stated = [str(item.get("version_identifier") or "") for item in document.objects("Version")]
    return ModelPreview(
        version=next(filter(None, stated), None),
        building=building_name(document) or "",
        zones=len(document.objects("Zone")),
        total_area_m2=area,
        site=_site(document),
        periods=list(islice(_periods(document), MAX_PERIODS)),
        warnings=warnings,
        features=read_features(document, profiled(document, profile, outputs)),
        geometry=geometry,
    )


def _building(document: Document, with_geometry: bool) -> tuple[float | None, Geometry | None]:
    try:
        surfaces = read_surfaces(document)
        area = total_floor_area(document, surfaces)
        return area, read_geometry(document, surfaces) if with_geometry else None
    except Rejected as error:
        # Numbers too large for an area; what EnergyPlus makes of them, a run tells.
        return None, Geometry((), str(error)) if with_geometry else None


def _periods(document: Document) -> Iterator[PreviewedPeriod]:
    """In the order of their simulation: design days first, run periods last."""
    sizing, weather = control(document)
    for class_name in SIZING_CLASSES if sizing else ():
        for item in document.objects(class_name):
            yield PreviewedPeriod("sizing_period", item.name[:MAX_NAME_CHARACTERS], None, None, 1)
    for item in document.objects("RunPeriod") if weather else ():
        begin, end = (f"{day:%m-%d}" for day in dates) if (dates := dates_of(item)) else (None, None)
        yield PreviewedPeriod(
            "run_period",
            item.name[:MAX_NAME_CHARACTERS],
            begin,
            end,
            days_of(item),
        )


def _site(document: Document) -> PreviewedSite | None:
    for item in document.objects("Site:Location"):
        latitude, longitude = item.get("latitude"), item.get("longitude")
        if not (isinstance(latitude, int | float) and isinstance(longitude, int | float)):
            return None
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            return None
        return PreviewedSite(item.name[:MAX_NAME_CHARACTERS], float(latitude), float(longitude))
    return None
