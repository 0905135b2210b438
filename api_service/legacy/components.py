"""Translates a model's materials, constructions, zones and areas to the shapes of the old page. Pure."""

from dataclasses import dataclass, field
from typing import Any

from shared.energyplus.building.components import ModelComponents, check_count
from shared.energyplus.building.layers import Construction, Material
from shared.energyplus.building.quantities import Use
from shared.energyplus.building.surfaces import Element
from shared.energyplus.building.zones import Zone

#: Names of properties of a material in the old contract, and their fields.
PROPERTIES = {
    "thickness": "thickness",
    "conductivity": "conductivity",
    "density": "density",
    "specificHeat": "specific_heat",
    "roughness": "roughness",
    "thermalAbsorptance": "thermal_absorptance",
    "solarAbsorptance": "solar_absorptance",
    "visibleAbsorptance": "visible_absorptance",
}
#: The elements of `element_quantities`.
QUANTITIES = (Element.WALL, Element.ROOF, Element.FLOOR, Element.WINDOW)
DIGITS = 3


@dataclass(slots=True)
class Components:
    """What the old page shows of models; areas of several models are added up."""

    materials: list[dict[str, Any]] = field(default_factory=list)
    constructions: list[dict[str, Any]] = field(default_factory=list)
    zones: list[dict[str, Any]] = field(default_factory=list)
    areas: dict[Element, float] = field(default_factory=lambda: dict.fromkeys(Element, 0.0))

    def add(self, found: ModelComponents, name: str) -> None:
        """Adds the components of a model; `name` is that of its file. Raises Rejected."""
        self.materials += [_material(material, name) for material in found.materials]
        self.constructions += [
            _construction(construction, found.uses.get(construction.key), name) for construction in found.constructions
        ]
        self.zones += [_zone(zone, name) for zone in found.zones]
        check_count(len(self.materials) + len(self.constructions) + len(self.zones))
        for element, area in found.areas.items():
            self.areas[element] += area

    def body(self) -> dict[str, Any]:
        """Returns the answer."""
        return {
            "materials": self.materials,
            "constructions": self.constructions,
            "zones": self.zones,
            "element_quantities": {f"{element}_area": _rounded(self.areas[element]) for element in QUANTITIES},
        }


def _material(material: Material, source: str) -> dict[str, Any]:
    return {
        "name": material.name,
        "type": material.class_name,
        "properties": {shown: material.properties.get(name) for shown, name in PROPERTIES.items()},
        **_common(source, material.class_name, material.name),
    }


def _construction(construction: Construction, use: Use | None, source: str) -> dict[str, Any]:
    return {
        "name": construction.name,
        "type": use.element.value if use else "construction",
        "properties": {
            "layers": list(construction.layers),
            "surfaceCount": use.surfaces if use else 0,
            "totalArea": _rounded(use.area if use else 0.0),
        },
        **_common(source, construction.class_name, construction.name),
    }


def _zone(zone: Zone, source: str) -> dict[str, Any]:
    unique = _unique(source, "Zone", zone.name)
    return {
        "id": unique,
        "name": zone.name,
        "type": "Zone",
        "properties": {
            "area": _rounded(zone.floor_area),
            "volume": None if zone.volume is None else _rounded(zone.volume),
            "ceilingHeight": None if zone.ceiling_height is None else _rounded(zone.ceiling_height),
        },
        "uniqueKey": unique,
    }


def _common(source: str, class_name: str, name: str) -> dict[str, Any]:
    # The library of the old installation is not known here.
    return {"existsInDatabase": False, "source": source, "uniqueKey": _unique(source, class_name, name)}


def _unique(*parts: str) -> str:
    return ":".join(parts)


def _rounded(value: float) -> float:
    return round(float(value), DIGITS)
