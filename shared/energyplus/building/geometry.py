"""The polygons of a building in one system of coordinates, to be drawn. Called for a dry run.

Models give vertices in coordinates of the world or of their zone, or a corner with length, height and angles. Here all
are in metres of the world, x to the east, y to the north. Openings lie in the surface of their wall.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from shared.energyplus.building.fields import key, text
from shared.energyplus.building.placing import Placing, corners, opening_corners
from shared.energyplus.building.surfaces import Element, Surface, group_vertices, read_surfaces
from shared.energyplus.building.vectors import Vector
from shared.energyplus.formats.document import Document

#: A browser turns as many without delay; the largest of the DOE prototype models has some 1,500.
MAX_SURFACES = 10_000
#: Bounds the answer for surfaces with thousands of vertices.
MAX_VERTICES = 100_000
#: Millimetres; vertices farther away than this many metres are none of a building.
DECIMALS = 3
FARTHEST_M = 1e6
SHADING = "shading"
SHADES = ("Shading:Site:Detailed", "Shading:Building:Detailed", "Shading:Zone:Detailed")
SIMPLE_SHADES = ("Shading:Site", "Shading:Building")
SITE = "Shading:Site"


@dataclass(frozen=True, slots=True)
class Polygon:
    """A surface as it is drawn; `zone` is empty for shading, `type` is what it is of the building.

    `base` is the name of the surface that an opening is in, empty for all others.
    """

    name: str
    zone: str
    boundary: str
    type: str
    vertices: Sequence[Vector]
    base: str = ""


@dataclass(frozen=True, slots=True)
class Geometry:
    """All polygons of a building, or a sentence that says why there are none."""

    surfaces: Sequence[Polygon]
    note: str | None = None


def read_geometry(document: Document, surfaces: Sequence[Surface] | None = None) -> Geometry:
    """The building as polygons; `surfaces` are those of the document, if they have been read. Raises Rejected."""
    surfaces = read_surfaces(document) if surfaces is None else surfaces
    polygons = list(islice(_polygons(document, surfaces), MAX_SURFACES + 1))
    if len(polygons) > MAX_SURFACES:
        return Geometry((), f"The building has more than {MAX_SURFACES:,} surfaces, too many for a picture.")
    if sum(len(polygon.vertices) for polygon in polygons) > MAX_VERTICES:
        return Geometry(
            (), f"The building's surfaces have more than {MAX_VERTICES:,} vertices, too many for a picture."
        )
    return Geometry(polygons, None if polygons else "The model has no surfaces to be drawn.")


def place_surfaces(document: Document, surfaces: Iterable[Surface]) -> Iterator[tuple[Surface, Sequence[Vector]]]:
    """Each surface, openings last, with its vertices in the world, against the clock as seen from outside."""
    placing = Placing.of(document)
    placed: dict[str, Sequence[Vector]] = {}
    drawn: set[int] = set()
    for surface in surfaces:
        # The other side of a surface between zones lies in the same place.
        if id(surface.item) in drawn:
            continue
        drawn.add(id(surface.item))
        vertices = _vertices(surface, placing, placed)
        placed[key(surface.item.name)] = vertices
        yield surface, vertices


def _polygons(document: Document, surfaces: Sequence[Surface]) -> Iterator[Polygon]:
    zones = {key(item.name): item.name for item in document.objects("Zone")}
    names = {key(surface.item.name): surface.item.name for surface in surfaces}
    for surface, vertices in place_surfaces(document, surfaces):
        zone = zones.get(surface.zone, "")
        base = names.get(surface.base, "")
        yield from _polygon(surface.item.name, zone, surface.outside.value, surface.element, vertices, base)
    yield from _shades(document, {key(surface.item.name): surface.zone for surface in surfaces})


def _vertices(surface: Surface, placing: Placing, placed: Mapping[str, Sequence[Vector]]) -> Sequence[Vector]:
    if surface.vertices:
        return placing.detailed(surface.vertices, surface.zone)
    if surface.base:
        return opening_corners(surface.item, placed.get(surface.base, ()))
    return placing.rectangle(corners(surface.item, _tilt(surface.element)), surface.zone)


def _tilt(element: Element) -> float:
    """The angle where a surface states none."""
    return {Element.FLOOR: 180.0, Element.ROOF: 0.0, Element.CEILING: 0.0}.get(element, 90.0)


def _shades(document: Document, zones: Mapping[str, str]) -> Iterator[Polygon]:
    placing = Placing.of(document)
    for class_name in SHADES:
        for item in document.objects(class_name):
            vertices: Sequence[Vector] = tuple(group_vertices(item.groups()))
            if not class_name.startswith(SITE):
                vertices = placing.detailed(vertices, zones.get(key(text(item, "base_surface_name")), ""))
            yield from _polygon(item.name, "", SHADING, None, vertices)
    for class_name in SIMPLE_SHADES:
        for item in document.objects(class_name):
            vertices = corners(item, 90.0)
            yield from _polygon(
                item.name, "", SHADING, None, vertices if class_name == SITE else placing.rectangle(vertices, "")
            )


def _polygon(
    name: str, zone: str, boundary: str, element: Element | None, vertices: Iterable[Vector], base: str = ""
) -> Iterator[Polygon]:
    """The polygon, if its vertices make one."""
    points = list(vertices)
    if len(points) < 3 or any(not abs(value) < FARTHEST_M for point in points for value in point):
        return
    rounded = [(round(x, DECIMALS), round(y, DECIMALS), round(z, DECIMALS)) for x, y, z in points]
    yield Polygon(name, zone, boundary, element.value if element else SHADING, rounded, base)
