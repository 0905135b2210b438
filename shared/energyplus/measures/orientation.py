"""Orientation: the whole building turned, seen from above."""

from collections.abc import Iterator

from shared.energyplus.building.fields import as_number, key
from shared.energyplus.building.surfaces import RECTANGLES
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.acting import given_shadows
from shared.energyplus.measures.infiltration import NETWORK, is_used
from shared.energyplus.measures.measure import Applied, Measure, Options, refuse
from shared.energyplus.measures.scaling import SIGNIFICANT_DIGITS, objects_of, stated

RULES, RECTANGULAR = "GlobalGeometryRules", "rectangular_surface_coordinate_system"
#: Classes whose coordinates a field of GlobalGeometryRules is for.
COORDINATES: dict[str, tuple[str, ...]] = {
    "coordinate_system": (),
    "daylighting_reference_point_coordinate_system": ("Daylighting:ReferencePoint",),
    RECTANGULAR: tuple(RECTANGLES),
}
#: First letters of the words that EnergyPlus takes for World: World, WCS, Absolute.
WORLD = ("W", "A")
SITE_SHADES = ("Shading:Site", "Shading:Site:Detailed")
BUILDING_SHADE = "Shading:Building"
OPENINGS, MODULES = "ZoneVentilation:WindandStackOpenArea", "Generator:PVWatts"
#: The word of PVWatts for modules whose angles are not those of a surface, and the default.
BY_ANGLES = ("TILTAZIMUTH", "")
#: The same of an AirflowNetwork for wind pressures by the shape of the building.
BY_SHAPE = ("SURFACEAVERAGECALCULATION", "")
#: The same of its nodes for the angle of the wind from north, and not from the surface.
EXTERNAL_NODE, BY_NORTH = "AirflowNetwork:MultiZone:ExternalNode", ("ABSOLUTE", "")
#: View factors of one surface to what is around the building.
SURROUNDINGS = "SurfaceProperty:LocalEnvironment"


def _turn(document: Document, degrees: float, _: Options) -> Applied:
    for rules in document.objects(RULES):
        _refuse_world(document, rules)
    buildings = document.objects("Building")
    if not buildings:
        refuse("the model has no Building, whose north_axis turns it")
    building = buildings[0]
    before = stated(document, building, "north_axis")
    after = float(f"{before + degrees:.{SIGNIFICANT_DIGITS}g}")
    building.set("north_axis", after)
    changed = f"{shown_name(building)}: north_axis changed from {before:.12g} to {after:.12g}"
    return Applied((changed,), tuple(_left(document)))


def _left(document: Document) -> Iterator[str]:
    for item in objects_of(document, SITE_SHADES):
        yield f"{shown_name(item)} stays where it is"
    if any(_is_world(rules, RECTANGULAR) for rules in document.objects(RULES)):
        for item in document.objects(BUILDING_SHADE):
            yield f"{shown_name(item)} stays where it is: {RECTANGULAR} of {RULES} is World"
    for item in document.objects(SURROUNDINGS):
        yield f"{shown_name(item)} keeps what its surface sees"
    yield from given_shadows(document)
    yield from _angles(document)


def _angles(document: Document) -> Iterator[str]:
    """Angles from north that are numbers of the model."""
    for item in document.objects(OPENINGS):
        # With a number for the effectiveness the angle is not used.
        if as_number(item.get("opening_effectiveness")) is None:
            yield f"{shown_name(item)}: effective_angle keeps its angle from north"
    for item in document.objects(MODULES):
        if key(item.get("array_geometry_type")) in BY_ANGLES:
            yield f"{shown_name(item)}: azimuth_angle keeps its angle from north"
    for item in document.objects(NETWORK):
        if is_used(item):
            yield from _pressures(document, item)


def _pressures(document: Document, network: ModelObject) -> Iterator[str]:
    """Wind pressures that do not turn."""
    if key(network.get("wind_pressure_coefficient_type")) in BY_SHAPE:
        yield f"{shown_name(network)}: azimuth_angle_of_long_axis_of_building keeps its angle from north"
        return
    for item in document.objects(EXTERNAL_NODE):
        if key(item.get("wind_angle_type")) in BY_NORTH:
            yield f"{shown_name(item)}: wind pressures keep their angles from north"


def _refuse_world(document: Document, rules: ModelObject) -> None:
    for field, classes in COORDINATES.items():
        if _is_world(rules, field) and (not classes or objects_of(document, classes)):
            refuse(f"{RULES}: {field} is {rules.get(field)}, so the north_axis of Building does not turn it")


def _is_world(rules: ModelObject, field: str) -> bool:
    return key(rules.get(field)).startswith(WORLD)


ORIENTATION = Measure(
    name="orientation",
    text="Degrees by which the whole building is turned clockwise, added to the north_axis of Building; refused where "
    "GlobalGeometryRules says World.",
    unit="degrees",
    low=-360,
    high=360,
    apply=_turn,
)
