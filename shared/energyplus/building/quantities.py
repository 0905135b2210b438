"""Areas by construction and by element, with the multipliers of zones and net of openings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.energyplus.building.fields import key
from shared.energyplus.building.surfaces import Element, Surface


@dataclass(frozen=True, slots=True)
class Use:
    """Where a construction is used: number of surfaces, area in m2, and the element with the largest area."""

    surfaces: int
    area: float
    element: Element


def net_areas(surfaces: Sequence[Surface], multipliers: Mapping[str, float]) -> list[float]:
    """The area of each surface without the openings in it, times the multiplier of its zone."""
    opened: dict[str, float] = defaultdict(float)
    for surface in surfaces:
        if surface.base:
            opened[surface.base] += surface.area
    return [
        (surface.area if surface.base else max(surface.area - opened[key(surface.item.name)], 0.0))
        * multipliers.get(surface.zone, 1.0)
        for surface in surfaces
    ]


def exterior_areas(surfaces: Sequence[Surface], multipliers: Mapping[str, float]) -> dict[Element, float]:
    """The area of each element that has air or ground on its other side."""
    areas = dict.fromkeys(Element, 0.0)
    for surface, area in zip(surfaces, net_areas(surfaces, multipliers), strict=True):
        if surface.is_exterior:
            areas[surface.element] += area
    return areas


def uses(surfaces: Sequence[Surface], multipliers: Mapping[str, float]) -> dict[str, Use]:
    """Where each construction is used, by its key; of an interior surface both sides count, as they are drawn."""
    areas: dict[str, dict[Element, float]] = defaultdict(lambda: defaultdict(float))
    counts: dict[str, int] = defaultdict(int)
    for surface, area in zip(surfaces, net_areas(surfaces, multipliers), strict=True):
        areas[surface.construction][surface.element] += area
        counts[surface.construction] += 1
    return {
        construction: Use(counts[construction], sum(by.values()), max(by, key=lambda element: by[element]))
        for construction, by in areas.items()
    }
