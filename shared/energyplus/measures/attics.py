"""Attics: unconditioned zones between conditioned ones and an outdoor roof, whose insulation may be in their floor."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
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

    @property
    def name(self) -> str:
        """The zone as the model spells it."""
        return str(self.roofs[0].item.get("zone_name"))


def find_attics(document: Document, surfaces: Sequence[Surface]) -> list[Attic]:
    """The attics of a model. Conditioned are zones with a thermostat and plenums; without any there are no attics."""
    conditioned = _conditioned(document)
    roofs: dict[str, list[Surface]] = defaultdict(list)
    for surface in surfaces:
        if surface.element is Element.ROOF and surface.outside is Outside.OUTDOORS and not surface.base:
            roofs[surface.zone].append(surface)
    floors = _floors(document, surfaces, conditioned)
    return [Attic(zone, roofs[zone], floors[zone]) for zone in sorted(roofs.keys() & floors.keys())]


def _floors(
    document: Document, surfaces: Sequence[Surface], conditioned: set[str]
) -> Mapping[str, Sequence[Separation]]:
    """The floors of unconditioned zones above conditioned ones, each once, by the upper zone."""
    by_name = {key(surface.item.name): surface for surface in surfaces if not surface.base}
    spaces = _spaces(document)
    found: dict[str, dict[int, Separation]] = defaultdict(dict)
    for surface in surfaces:
        if surface.base or surface.outside is not Outside.INSIDE:
            continue
        facing = key(text(surface.item, "outside_boundary_condition_object"))
        other = by_name.get(facing)
        beyond = other.zone if other else spaces.get(facing, facing)
        own = key(surface.item.get("zone_name"))
        if surface.element is Element.FLOOR and own not in conditioned and beyond in conditioned:
            found[own].setdefault(id(surface.item), Separation(surface, other))
        # The model has the surface once, seen from below.
        if surface.element is Element.CEILING and other is None and own in conditioned and beyond not in conditioned:
            found[beyond].setdefault(id(surface.item), Separation(surface, None))
    return {zone: list(each.values()) for zone, each in found.items()}


def _conditioned(document: Document) -> set[str]:
    """Keys of zones with a thermostat, and of plenums."""
    lists = {key(item.name): {key(name) for name in item.listed()} for item in document.objects("ZoneList")}
    spaces = _spaces(document)
    named = {key(item.get("zone_or_zonelist_name")) for each in THERMOSTATS for item in document.objects(each)}
    templates = [name for name in document.classes() if name.startswith(TEMPLATES)]
    named |= {key(item.get("zone_name")) for each in (*templates, *PLENUMS) for item in document.objects(each)}
    return {spaces.get(zone, zone) for name in named for zone in lists.get(name, {name})}


def _spaces(document: Document) -> dict[str, str]:
    """The zone of each space."""
    return {key(space.name): key(space.get("zone_name")) for space in document.objects("Space")}
