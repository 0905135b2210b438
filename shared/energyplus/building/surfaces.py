"""The surfaces of a model with their areas, drawn by vertices or by length and height.

Areas are those of what is drawn: a zone's multiplier is not in them, the multiplier of a window is. Coordinates may be
relative to the zone or to the world, and vertices in either direction: neither changes an area.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from shared.energyplus.building.fields import as_number, checked, key, number, text
from shared.energyplus.building.vectors import Vector, area_vector, length
from shared.energyplus.formats.document import Document, ModelObject


class Element(StrEnum):
    """Part of a building, as libraries of constructions name them."""

    WALL = "wall"
    ROOF = "roof"
    CEILING = "ceiling"
    FLOOR = "floor"
    WINDOW = "window"
    DOOR = "door"


class Outside(StrEnum):
    """What is on the other side of a surface."""

    OUTDOORS = "outdoors"
    GROUND = "ground"
    ADIABATIC = "adiabatic"
    INSIDE = "inside"
    OTHER = "other"


EXTERIOR = frozenset({Outside.OUTDOORS, Outside.GROUND})

#: Classes with vertices; the element is that of the class, or None where a field has it.
DETAILED = {
    "BuildingSurface:Detailed": None,
    "Wall:Detailed": Element.WALL,
    "RoofCeiling:Detailed": Element.ROOF,
    "Floor:Detailed": Element.FLOOR,
}
#: Classes with length and height or width.
RECTANGLES = {
    "Wall:Exterior": (Element.WALL, Outside.OUTDOORS),
    "Wall:Adiabatic": (Element.WALL, Outside.ADIABATIC),
    "Wall:Underground": (Element.WALL, Outside.GROUND),
    "Wall:Interzone": (Element.WALL, Outside.INSIDE),
    "Roof": (Element.ROOF, Outside.OUTDOORS),
    "Ceiling:Adiabatic": (Element.CEILING, Outside.ADIABATIC),
    "Ceiling:Interzone": (Element.CEILING, Outside.INSIDE),
    "Floor:GroundContact": (Element.FLOOR, Outside.GROUND),
    "Floor:Adiabatic": (Element.FLOOR, Outside.ADIABATIC),
    "Floor:Interzone": (Element.FLOOR, Outside.INSIDE),
}
#: Openings with length and height.
OPENINGS = {
    **dict.fromkeys(("Window", "Window:Interzone", "GlazedDoor", "GlazedDoor:Interzone"), Element.WINDOW),
    **dict.fromkeys(("Door", "Door:Interzone"), Element.DOOR),
}
DETAILED_OPENING = "FenestrationSurface:Detailed"
ELEMENTS = {
    "WALL": Element.WALL,
    "FLOOR": Element.FLOOR,
    "ROOF": Element.ROOF,
    "CEILING": Element.ROOF,
    "DOOR": Element.DOOR,
}
OUTSIDES = {"OUTDOORS": Outside.OUTDOORS, "ADIABATIC": Outside.ADIABATIC}
INSIDES = ("SURFACE", "ZONE", "SPACE")
GROUNDS = ("GROUND", "FOUNDATION")
OTHER_SIDES = {Element.FLOOR: Element.CEILING, Element.CEILING: Element.FLOOR}


@dataclass(frozen=True, slots=True)
class Surface:
    """A surface, or an opening in the surface `base`; `area` in m2, names as keys.

    `vertices` are empty where length and height draw the surface.
    """

    item: ModelObject
    element: Element
    outside: Outside
    construction: str
    zone: str
    area: float
    vertices: tuple[Vector, ...] = ()
    base: str = ""

    @property
    def is_exterior(self) -> bool:
        """Whether air or ground is on the other side."""
        return self.outside in EXTERIOR


def read_surfaces(document: Document) -> list[Surface]:
    """All surfaces, openings last, each with zone and outside of the surface that it is in. Raises Rejected."""
    surfaces = [*_detailed(document), *_rectangles(document)]
    by_name = {key(surface.item.name): surface for surface in surfaces}
    return [*surfaces, *_openings(document, by_name)]


def _detailed(document: Document) -> Iterator[Surface]:
    for class_name, of_class in DETAILED.items():
        for item in document.objects(class_name):
            outside = _outside(item)
            stated = of_class or ELEMENTS.get(key(item.get("surface_type")), Element.WALL)
            element = Element.CEILING if stated is Element.ROOF and outside not in EXTERIOR else stated
            vertices = tuple(group_vertices(item.groups()))
            surface = _surface(item, element, outside, length(area_vector(vertices)), vertices)
            yield surface
            if key(item.get("outside_boundary_condition")) == "ZONE":
                yield _other_side(surface)


def _other_side(surface: Surface) -> Surface:
    """What EnergyPlus adds in the zone that a surface names as its outside."""
    zone = key(surface.item.get("outside_boundary_condition_object"))
    element = OTHER_SIDES.get(surface.element, surface.element)
    return replace(surface, zone=zone, element=element, vertices=surface.vertices[::-1])


def _rectangles(document: Document) -> Iterator[Surface]:
    for class_name, (element, outside) in RECTANGLES.items():
        for item in document.objects(class_name):
            yield _surface(item, element, outside, _rectangle(item))


def _surface(
    item: ModelObject, element: Element, outside: Outside, area: float, vertices: tuple[Vector, ...] = ()
) -> Surface:
    construction, zone = key(item.get("construction_name")), key(item.get("zone_name"))
    return Surface(item, element, outside, construction, zone, checked(item, area), vertices)


def _openings(document: Document, by_name: dict[str, Surface]) -> Iterator[Surface]:
    for item in document.objects(DETAILED_OPENING):
        named = [[item.get(f"vertex_{number}_{axis}_coordinate") for axis in "xyz"] for number in range(1, 5)]
        element = ELEMENTS.get(key(item.get("surface_type")), Element.WINDOW)
        vertices = tuple(group_vertices(named))
        yield _opening(item, element, length(area_vector(vertices)), by_name, vertices)
    for class_name, element in OPENINGS.items():
        for item in document.objects(class_name):
            yield _opening(item, element, _rectangle(item), by_name)


def _opening(
    item: ModelObject,
    element: Element,
    area: float,
    by_name: dict[str, Surface],
    vertices: tuple[Vector, ...] = (),
) -> Surface:
    base = key(item.get("building_surface_name"))
    around = by_name.get(base)
    # An opening in a surface that does not exist is in no zone; EnergyPlus will refuse the model.
    outside, zone = (around.outside, around.zone) if around else (Outside.OTHER, "")
    multiplier = number(item, "multiplier") or 1.0
    construction = key(item.get("construction_name"))
    return Surface(item, element, outside, construction, zone, checked(item, area * multiplier), vertices, base)


def _outside(item: ModelObject) -> Outside:
    stated = key(item.get("outside_boundary_condition"))
    if stated in INSIDES:
        other = text(item, "outside_boundary_condition_object")
        # A surface that faces itself is how some programs write an adiabatic one.
        return Outside.ADIABATIC if key(other) == key(item.name) else Outside.INSIDE
    if stated.startswith(GROUNDS):
        return Outside.GROUND
    return OUTSIDES.get(stated, Outside.OTHER)


def _rectangle(item: ModelObject) -> float:
    across = number(item, "height")
    across = number(item, "width") if across is None else across
    return abs((number(item, "length") or 0.0) * (across or 0.0))


def group_vertices(groups: list[list[object]]) -> Iterator[Vector]:
    """The vertices of repeated fields, up to the first that is not complete."""
    for group in groups:
        numbers = [as_number(value) for value in group]
        if len(numbers) != 3 or None in numbers:
            return
        yield numbers[0] or 0.0, numbers[1] or 0.0, numbers[2] or 0.0
