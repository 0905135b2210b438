"""The outdoor walls of a building with their openings, in the terms of EnergyPlus's table "Window-Wall Ratio".

That table counts surfaces by their tilt and not by their type: all that face outdoor air at 60 degrees from horizontal
or steeper. Glazed doors count among the windows. Areas have the multipliers of zones, groups and windows in them, and
those of windows have their frames.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from shared.energyplus.building.envelope import Envelope
from shared.energyplus.building.fields import key, number
from shared.energyplus.building.geometry import place_surfaces
from shared.energyplus.building.outlines import Point, in_plane, is_within, outset, overlaps, perimeter
from shared.energyplus.building.surfaces import Element, Outside, Surface
from shared.energyplus.building.vectors import Vector, area_vector, centroid, length, scaled_about
from shared.energyplus.formats.document import Document, shown_name
from shared.energyplus.measures.openings import is_door, is_tubular

FRAMES = "WindowProperty:FrameAndDivider"
#: Degrees; EnergyPlus's limits between roofs, walls and floors in its tables.
STEEP, DOWN = 60.0, 180.0
#: Of a degree: vertices are written with a few decimals.
DECIMALS = 6
#: Of a wall's area: EnergyPlus stops where openings leave no wall.
MOST_GLAZED = 0.99


class Orientation(StrEnum):
    """Where a wall faces: each is 90 degrees wide, from true north."""

    NORTH = "north"
    EAST = "east"
    SOUTH = "south"
    WEST = "west"


@dataclass(frozen=True, slots=True)
class Opening:
    """An opening in a wall; `vertices` in the world, `frame` is the width of its frame in m."""

    surface: Surface
    vertices: Sequence[Vector]
    frame: float
    #: How many times the opening is in the wall, and the wall in the building.
    multiplier: float
    walls: float
    is_glazed: bool
    #: Glazed and no door: windows are scaled, all others stay.
    is_window: bool

    def area(self, scale: float = 1.0) -> float:
        """In m2 with its frame and multipliers, of the opening with its length and height scaled."""
        drawn = length(area_vector(self.vertices)) * scale**2
        edge = self.frame * (scale * self.perimeter + 4 * self.frame)
        return (drawn + edge) * self.multiplier * self.walls

    @property
    def perimeter(self) -> float:
        """In m, without frame."""
        return perimeter(in_plane(self.vertices, self.vertices))

    def outline(self, plane: Sequence[Vector], scale: float) -> list[Point]:
        """With frame, in the plane of a wall."""
        vertices = scaled_about(self.vertices, centroid(self.vertices), scale)
        return outset(in_plane(vertices, plane), self.frame)


@dataclass(frozen=True, slots=True)
class Facade:
    """One wall; `area` in m2 with its openings and multipliers."""

    surface: Surface
    vertices: Sequence[Vector]
    orientation: Orientation
    area: float
    openings: Sequence[Opening]

    @property
    def windows(self) -> list[Opening]:
        """The openings that are scaled."""
        return [opening for opening in self.openings if opening.is_window]

    @property
    def glazed_doors(self) -> float:
        """Area in m2 that counts as window and is not scaled."""
        return sum(opening.area() for opening in self.openings if opening.is_glazed and not opening.is_window)

    def obstacle(self, scale: float) -> str | None:
        """Why the windows cannot be scaled so far; None where they can."""
        if not self.windows:
            return None
        wall = in_plane(self.vertices, self.vertices)
        scales = [scale if opening.is_window else 1.0 for opening in self.openings]
        outlines = [opening.outline(self.vertices, own) for opening, own in zip(self.openings, scales, strict=True)]
        shown = [shown_name(opening.surface.item) for opening in self.openings]
        for name, opening, outline in zip(shown, self.openings, outlines, strict=True):
            if opening.is_window and not is_within(outline, wall):
                return f"{name} would reach beyond its wall"
        for first, second in overlaps(outlines):
            if self.openings[first].is_window or self.openings[second].is_window:
                return f"{shown[first]} would reach {shown[second]}"
        opened = sum(opening.area(own) for opening, own in zip(self.openings, scales, strict=True))
        return f"{shown_name(self.surface.item)} would have no wall left" if opened > MOST_GLAZED * self.area else None


def read_facades(document: Document, envelope: Envelope) -> list[Facade]:
    """All walls to the outdoors."""
    placed = list(place_surfaces(document, envelope.surfaces))
    frames = {key(item.name): number(item, "frame_width") or 0.0 for item in document.objects(FRAMES)}
    openings: dict[str, list[tuple[Surface, Sequence[Vector]]]] = defaultdict(list)
    for surface, vertices in placed:
        if surface.base and len(vertices) >= 3:
            openings[surface.base].append((surface, vertices))
    facades = []
    for surface, vertices in placed:
        if surface.base or surface.outside is not Outside.OUTDOORS or not is_steep(vertices):
            continue
        walls = envelope.multipliers.get(surface.zone, 1.0)
        own = [_opening(each, its, frames, walls) for each, its in openings[key(surface.item.name)]]
        facades.append(Facade(surface, vertices, _orientation(vertices), surface.area * walls, own))
    return facades


def is_steep(vertices: Sequence[Vector]) -> bool:
    """Whether EnergyPlus's tables count a surface among the walls."""
    outward = area_vector(vertices)
    size = length(outward)
    return size > 0 and STEEP <= round(math.degrees(math.acos(outward[2] / size)), DECIMALS) < DOWN


def _opening(surface: Surface, vertices: Sequence[Vector], frames: Mapping[str, float], walls: float) -> Opening:
    frame = frames.get(key(surface.item.get("frame_and_divider_name")), 0.0)
    is_glazed = surface.element is Element.WINDOW
    is_window = is_glazed and not is_door(surface) and not is_tubular(surface)
    return Opening(surface, vertices, frame, number(surface.item, "multiplier") or 1.0, walls, is_glazed, is_window)


def _orientation(vertices: Sequence[Vector]) -> Orientation:
    x, y, _ = area_vector(vertices)
    azimuth = round(math.degrees(math.atan2(x, y)), DECIMALS) % 360
    return tuple(Orientation)[int((azimuth + 45) % 360 // 90)]
