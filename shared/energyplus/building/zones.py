"""The zones of a model: floor area, volume and height, as stated or by their surfaces, and multipliers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from shared.energyplus.building.fields import checked, key, number
from shared.energyplus.building.surfaces import Element, Surface
from shared.energyplus.building.vectors import enclosed_volume
from shared.energyplus.formats.document import Document, ModelObject

TOPS = (Element.ROOF, Element.CEILING)


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone as drawn, in m2, m3 and m; it is `multiplier` times in the building. None: it cannot be known."""

    name: str
    floor_area: float
    volume: float | None
    ceiling_height: float | None
    multiplier: float


def read_zones(document: Document, surfaces: Sequence[Surface]) -> list[Zone]:
    """All zones in the order of the model. Raises Rejected."""
    own: dict[str, list[Surface]] = defaultdict(list)
    for surface in surfaces:
        if not surface.base:
            own[surface.zone].append(surface)
    multipliers = read_multipliers(document)
    return [_zone(item, own[key(item.name)], multipliers[key(item.name)]) for item in document.objects("Zone")]


def total_floor_area(document: Document, surfaces: Sequence[Surface]) -> float | None:
    """Floor area in m2 with multipliers, as EnergyPlus adds it up; None without any. Raises Rejected."""
    left_out = {
        key(item.name) for item in document.objects("Zone") if key(item.get("part_of_total_floor_area")) == "NO"
    }
    zones = (zone for zone in read_zones(document, surfaces) if key(zone.name) not in left_out)
    area = sum(zone.floor_area * zone.multiplier for zone in zones)
    return area if isfinite(area) and area > 0 else None


def read_multipliers(document: Document) -> Mapping[str, float]:
    """How many times each zone is in the building: its own multiplier times that of its group."""
    found = {key(item.name): number(item, "multiplier") or 1.0 for item in document.objects("Zone")}
    lists = {key(item.name): item.listed() for item in document.objects("ZoneList")}
    for group in document.objects("ZoneGroup"):
        for name in lists.get(key(group.get("zone_list_name")), ()):
            if key(name) in found:
                found[key(name)] *= number(group, "zone_list_multiplier") or 1.0
    return found


def _zone(item: ModelObject, within: Sequence[Surface], multiplier: float) -> Zone:
    drawn = sum(surface.area for surface in within if surface.element is Element.FLOOR)
    area = _stated(item, "floor_area") or drawn
    height = _stated(item, "ceiling_height")
    volume = _stated(item, "volume")
    if volume is None and height is None:
        volume = _enclosed(within)
    height = height or _height(within)
    if volume is None and height is not None:
        volume = area * height
    for size in (area, height, volume):
        checked(item, size or 0.0)
    return Zone(item.name, area, volume, height, multiplier)


def _stated(item: ModelObject, field: str) -> float | None:
    """A size that the model states; EnergyPlus computes it where there is no positive number."""
    value = number(item, field)
    return value if value is not None and value > 0 else None


def _enclosed(surfaces: Sequence[Surface]) -> float | None:
    if not surfaces or any(len(surface.vertices) < 3 for surface in surfaces):
        return None
    return enclosed_volume([surface.vertices for surface in surfaces])


def _height(surfaces: Sequence[Surface]) -> float | None:
    """From the middle of the floors to the middle of the ceilings, as EnergyPlus computes it."""
    floors = [_middle(surface) for surface in surfaces if surface.element is Element.FLOOR and surface.vertices]
    tops = [_middle(surface) for surface in surfaces if surface.element in TOPS and surface.vertices]
    return sum(tops) / len(tops) - sum(floors) / len(floors) if floors and tops else None


def _middle(surface: Surface) -> float:
    heights = [z for _, _, z in surface.vertices]
    return (min(heights) + max(heights)) / 2
