"""Where surfaces are in the world: the origins and directions of zones and building, corners of rectangles.

EnergyPlus's own rules (Input Output Reference, "GlobalGeometryRules", "Zone" and "Wall:Exterior").
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shared.energyplus.building.fields import key, number
from shared.energyplus.building.vectors import Vector, added, area_vector, cross, dot, length, scaled
from shared.energyplus.formats.document import Document, ModelObject

ORIGIN: Vector = (0.0, 0.0, 0.0)
#: Surfaces whose area vector has a smaller part to the side lie flat.
FLAT = 1e-6


@dataclass(frozen=True, slots=True)
class Axes:
    """Origin and direction of north, in degrees, of a zone."""

    origin: Vector = ORIGIN
    north: float = 0.0


@dataclass(frozen=True, slots=True)
class Placing:
    """The systems of coordinates of a model."""

    is_relative: bool = False
    are_rectangles_relative: bool = True
    is_clockwise: bool = False
    north: float = 0.0
    zones: Mapping[str, Axes] = field(default_factory=dict)

    @classmethod
    def of(cls, document: Document) -> "Placing":
        """What the model's rules, building and zones say."""
        rules = next(iter(document.objects("GlobalGeometryRules")), None)

        def said(name: str) -> str:
            return key(rules.get(name)) if rules else ""

        building = next(iter(document.objects("Building")), None)
        return cls(
            is_relative=said("coordinate_system") == "RELATIVE",
            are_rectangles_relative=said("rectangular_surface_coordinate_system") in ("", "RELATIVE"),
            is_clockwise=said("vertex_entry_direction") == "CLOCKWISE",
            north=(number(building, "north_axis") or 0.0) if building else 0.0,
            zones={key(item.name): _axes(item) for item in document.objects("Zone")},
        )

    def detailed(self, vertices: Sequence[Vector], zone: str) -> Sequence[Vector]:
        """Vertices that the model gives, in the world, against the clock as seen from outside."""
        ordered = vertices[::-1] if self.is_clockwise else vertices
        return self._moved(ordered, zone) if self.is_relative else ordered

    def rectangle(self, vertices: Sequence[Vector], zone: str) -> Sequence[Vector]:
        """Corners of a surface with length and height, in the world."""
        return self._moved(vertices, zone) if self.are_rectangles_relative else vertices

    def _moved(self, vertices: Sequence[Vector], zone: str) -> list[Vector]:
        axes = self.zones.get(zone, Axes())
        in_building = [added(_turned(vertex, axes.north), axes.origin) for vertex in vertices]
        return [_turned(vertex, self.north) for vertex in in_building]


def corners(item: ModelObject, tilt: float) -> list[Vector]:
    """The corners of a rectangle from the upper left one, as seen from outside; `tilt` is that of its class."""
    stated = number(item, "tilt_angle")
    azimuth = math.radians(number(item, "azimuth_angle") or 0.0)
    slope = math.radians(tilt if stated is None else stated)
    x, y, z = _start(item)
    across, up = _size(item)
    return [
        (
            x - right * math.cos(azimuth) - high * math.cos(slope) * math.sin(azimuth),
            y + right * math.sin(azimuth) - high * math.cos(slope) * math.cos(azimuth),
            z + high * math.sin(slope),
        )
        for right, high in ((0.0, up), (0.0, 0.0), (across, 0.0), (across, up))
    ]


def opening_corners(item: ModelObject, wall: Sequence[Vector]) -> list[Vector]:
    """The corners of an opening with length and height, measured from the wall's lower left corner."""
    if len(wall) < 3:
        return []
    outward = area_vector(wall)
    size = length(outward)
    if not size:
        return []
    normal = scaled(outward, 1 / size)
    sideways = (-normal[1], normal[0], 0.0)
    if length(sideways) < FLAT:
        sideways = added(wall[2], scaled(wall[1], -1))
    right = scaled(sideways, 1 / (length(sideways) or 1.0))
    upward = cross(normal, right)
    left, low = (min(dot(vertex, axis) for vertex in wall) for axis in (right, upward))
    x, _, z = _start(item)
    across, up = _size(item)
    corner = [
        (left + x, low + z + up),
        (left + x, low + z),
        (left + x + across, low + z),
        (left + x + across, low + z + up),
    ]
    plane = scaled(normal, dot(wall[0], normal))
    return [added(added(scaled(right, a), scaled(upward, b)), plane) for a, b in corner]


def _axes(zone: ModelObject) -> Axes:
    x, y, z = (number(zone, f"{axis}_origin") or 0.0 for axis in "xyz")
    return Axes((x, y, z), number(zone, "direction_of_relative_north") or 0.0)


def _start(item: ModelObject) -> Vector:
    x, y, z = (number(item, f"starting_{axis}_coordinate") or 0.0 for axis in "xyz")
    return x, y, z


def _size(item: ModelObject) -> tuple[float, float]:
    height = number(item, "height")
    return number(item, "length") or 0.0, (number(item, "width") if height is None else height) or 0.0


def _turned(point: Vector, north: float) -> Vector:
    """The point after its north axis was turned clockwise by an angle in degrees."""
    angle = math.radians(-north)
    x, y, z = point
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle), z
