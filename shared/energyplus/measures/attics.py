"""Attics: unconditioned zones between conditioned ones and an outdoor roof, whose insulation may be in their floor."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.energyplus.building.fields import key, text
from shared.energyplus.building.surfaces import Element, Outside, Surface
from shared.energyplus.formats.document import Document

THERMOSTATS = ("ZoneControl:Thermostat", "ZoneControl:Thermostat:ThermalComfort")
TEMPLATES = "HVACTemplate:Zone:"
#: Zones that the air of conditioned ones passes.
PLENUMS = ("AirLoopHVAC:ReturnPlenum", "AirLoopHVAC:SupplyPlenum")


@dataclass(frozen=True, slots=True)
class Separation:
    """A surface between an attic and a conditioned zone, as seen from the attic if the model has it twice.

    `other` is the same surface as seen from the other zone; None where EnergyPlus adds it by itself.
    """

    surface: Surface
    other: Surface | None


@dataclass(frozen=True, slots=True)
class Attic:
    """One attic; `zone` is a key."""

    zone: str
    roofs: Sequence[Surface]
    floors: Sequence[Separation]


def find_attics(document: Document, surfaces: Sequence[Surface]) -> list[Attic]:
    """The attics of a model. Conditioned are zones with a thermostat and plenums; without any there are no attics."""
    conditioned = _conditioned(document)
    by_name = {key(surface.item.name): surface for surface in surfaces if not surface.base}
    spaces = {key(space.name): key(space.get("zone_name")) for space in document.objects("Space")}
    attics = []
    for zone in sorted({surface.zone for surface in surfaces if surface.zone} - conditioned):
        roofs = [
            surface
            for surface in surfaces
            if surface.zone == zone
            and not surface.base
            and surface.element is Element.ROOF
            and surface.outside is Outside.OUTDOORS
        ]
        floors = _floors(zone, surfaces, by_name, spaces, conditioned) if roofs else []
        if floors:
            attics.append(Attic(zone, roofs, floors))
    return attics


def _floors(
    zone: str,
    surfaces: Iterable[Surface],
    by_name: Mapping[str, Surface],
    spaces: Mapping[str, str],
    conditioned: set[str],
) -> list[Separation]:
    """The floors above conditioned zones, each once."""
    found: dict[int, Separation] = {}
    for surface in surfaces:
        if surface.base or surface.outside is not Outside.INSIDE or id(surface.item) in found:
            continue
        facing = key(text(surface.item, "outside_boundary_condition_object"))
        other = by_name.get(facing)
        beyond = other.zone if other else spaces.get(facing, facing)
        # Of a surface between zones that the model has once, the zones may be either way round.
        own = key(surface.item.get("zone_name"))
        is_floor = surface.element is Element.FLOOR and own == zone and beyond in conditioned
        is_ceiling = other is None and surface.element is Element.CEILING and beyond == zone and own in conditioned
        if is_floor or is_ceiling:
            found[id(surface.item)] = Separation(surface, other)
    return list(found.values())


def _conditioned(document: Document) -> set[str]:
    """Keys of zones with a thermostat, and of plenums."""
    lists = {key(item.name): {key(name) for name in item.listed()} for item in document.objects("ZoneList")}
    spaces = {key(space.name): key(space.get("zone_name")) for space in document.objects("Space")}
    named = {key(item.get("zone_or_zonelist_name")) for each in THERMOSTATS for item in document.objects(each)}
    templates = [name for name in document.classes() if name.startswith(TEMPLATES)]
    named |= {key(item.get("zone_name")) for each in (*templates, *PLENUMS) for item in document.objects(each)}
    return {spaces.get(zone, zone) for name in named for zone in lists.get(name, {name})}
