"""Orientation: the whole building turned, seen from above."""

from shared.energyplus.building.fields import key
from shared.energyplus.building.surfaces import RECTANGLES
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.measure import Applied, Measure, Options, refuse
from shared.energyplus.measures.scaling import objects_of, stated

RULES = "GlobalGeometryRules"
#: Classes whose coordinates a field of GlobalGeometryRules is for.
COORDINATES: dict[str, tuple[str, ...]] = {
    "coordinate_system": (),
    "daylighting_reference_point_coordinate_system": ("Daylighting:ReferencePoint",),
    "rectangular_surface_coordinate_system": tuple(RECTANGLES),
}
#: First letters of the words that EnergyPlus takes for World: World, WCS, Absolute.
WORLD = ("W", "A")
SITE_SHADES = ("Shading:Site", "Shading:Site:Detailed")


def _turn(document: Document, degrees: float, _: Options) -> Applied:
    for rules in document.objects(RULES):
        _refuse_world(document, rules)
    buildings = document.objects("Building")
    if not buildings:
        refuse("the model has no Building, whose north_axis turns it")
    building = buildings[0]
    before = stated(document, building, "north_axis")
    after = before + degrees
    building.set("north_axis", after)
    changed = f"{shown_name(building)}: north_axis changed from {before:.12g} to {after:.12g}"
    left = [f"{shown_name(item)} stays where it is" for item in objects_of(document, SITE_SHADES)]
    return Applied((changed,), tuple(left))


def _refuse_world(document: Document, rules: ModelObject) -> None:
    for field, classes in COORDINATES.items():
        if key(rules.get(field)).startswith(WORLD) and (not classes or objects_of(document, classes)):
            refuse(f"{RULES}: {field} is {rules.get(field)}, so the north_axis of Building does not turn it")


ORIENTATION = Measure(
    name="orientation",
    text="Degrees by which the whole building is turned clockwise, added to the north_axis of Building; refused where "
    "GlobalGeometryRules says World.",
    unit="degrees",
    low=-360,
    high=360,
    apply=_turn,
)
