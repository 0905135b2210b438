"""The resistances of opaque constructions, and copies of a construction with another U-value.

A construction's U-value without air films is 1 / (sum of the resistances of its layers), which is what EnergyPlus
prints as the conductance of the construction (Engineering Reference, "Conduction Through The Walls").
"""

from collections.abc import Sequence
from dataclasses import dataclass

from shared.energyplus.building.fields import key, number
from shared.energyplus.building.layers import (
    LAYERS,
    NOT_MATERIALS,
    Construction,
    material_objects,
    read_constructions,
)
from shared.energyplus.building.naming import free_name
from shared.energyplus.formats.document import Document, ModelObject, shown_name, stated_fields
from shared.energyplus.measures.measure import refuse
from shared.energyplus.measures.scaling import SIGNIFICANT_DIGITS

SOLID, PURE_RESISTANCE, AIR_GAP = "Material", "Material:NoMass", "Material:AirGap"
LAYERED = "Construction"
#: Input Output Reference, "Material": thinner layers are not recommended. EnergyPlus 25.2 finds no conduction transfer
#: functions for 1.25 m of timber or wood fibre; for 1 m of these, of mineral wool, straw and concrete it does.
THINNEST_M, THICKEST_M = 0.003, 1.0
#: Input Output Reference, "Material:NoMass": EnergyPlus takes no smaller resistance, in m2K/W.
LEAST_RESISTANCE = 0.001
#: Building materials with a higher conductivity, in W/mK, are not called insulation (DIN 4108-4).
INSULATION_CONDUCTIVITY = 0.1
#: Objects that name a construction and would not know its copy.
TIED_TO_CONSTRUCTIONS = (
    "ConstructionProperty:InternalHeatSource",
    "SurfaceProperty:HeatTransferAlgorithm:Construction",
    "SurfaceProperty:SolarIncidentInside",
)
MATERIAL_NAMES = ("material_name", "reference_material_name", "name")


@dataclass(frozen=True, slots=True)
class Copy:
    """A construction with another U-value: its layers from outside, and its changed layer for a person."""

    name: str
    layers: tuple[str, ...]
    line: str


class Constructions:
    """The constructions of one model, and those that are added to it."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._by_key = {construction.key: construction for construction in read_constructions(document)}
        self._materials = {key(item.name): item for item in material_objects(document)}
        self._taken = set(self._by_key)
        self._taken_materials = set(self._materials)
        self._ties = dict(_ties(document))
        self._properties = dict(_properties(document))

    def reason_to_leave(self, name: str) -> str | None:
        """Why a construction is not to be changed, with its name; None where it can be."""
        construction = self._by_key.get(name)
        if construction is None:
            return f"construction '{name}' is not in the model"
        shown = f"{construction.class_name} '{construction.name}'"
        if construction.class_name != LAYERED:
            return f"{shown} has no layers"
        if tied := self._ties.get(name):
            return f"{shown} belongs to {shown_name(tied)}"
        for layer in construction.layers:
            material = self._materials.get(key(layer))
            if material is None:
                return f"{shown}: its layer '{layer}' is not in the model"
            if not _resistance(material):
                return f"{shown}: its layer {shown_name(material)} has no fixed resistance"
        position = self._most_resistive(construction)
        if position is None:
            return f"{shown} consists of air gaps"
        if found := self._properties.get(key(construction.layers[position])):
            return f"{shown}: its most resistive layer has properties of its own in {shown_name(found)}"
        return None

    def u_value(self, name: str) -> float:
        """U in W/m2K without air films, of a construction that can be changed."""
        return 1 / sum(self._resistances(self._by_key[name]))

    def layers(self, name: str) -> tuple[str, ...]:
        """The keys of a construction's layers from outside."""
        found = self._by_key.get(name)
        return tuple(map(key, found.layers)) if found else ()

    def with_u_value(self, name: str, u_value: float, purpose: str) -> Copy:
        """Add a copy whose most resistive layer gives the assembly the U-value. Raises PreparationError.

        Of equally resistive layers it is the outermost. The layer becomes a material of its own, so that others that
        have the same one keep it.
        """
        construction = self._by_key[name]
        position = self._most_resistive(construction)
        if position is None:
            refuse(f"Construction '{construction.name}' consists of air gaps")
        others = sum(value for place, value in enumerate(self._resistances(construction)) if place != position)
        resistance = 1 / u_value - others
        material = self._materials[key(construction.layers[position])]
        shown = f"Construction '{construction.name}'"
        if resistance <= 0:
            refuse(
                f"{shown} cannot have {u_value:g} W/m2K: its layers other than {shown_name(material)} alone give "
                f"{1 / others:.4g} W/m2K"
            )
        field, value = _changed(material, resistance)
        _check(shown, material, field, value, u_value)
        new_name = free_name(f"{material.name} ({purpose})", self._taken_materials)
        self._taken_materials.add(key(new_name))
        fields = stated_fields(self._document, material)
        self._document.add(material.class_name, new_name, **{**fields, field: value})
        layers = (*construction.layers[:position], new_name, *construction.layers[position + 1 :])
        unit = "m" if field == "thickness" else "m2K/W"
        line = f"{shown_name(material)}: {field} {number(material, field) or 0:.4g} to {value:.4g} {unit}"
        if (number(material, "conductivity") or 0.0) > INSULATION_CONDUCTIVITY:
            line += f", although it is no insulation ({number(material, 'conductivity'):g} W/mK)"
        return Copy(self.add(f"{construction.name} ({purpose})", layers), layers, line)

    def add(self, wanted: str, layers: Sequence[str]) -> str:
        """Add a construction with these layers from outside; its name."""
        name = free_name(wanted, self._taken)
        self._taken.add(key(name))
        self._document.add(LAYERED, name, **dict(zip(LAYERS, layers, strict=False)))
        return name

    def shown(self, name: str) -> str:
        """The name as the model spells it."""
        return self._by_key[name].name if name in self._by_key else name

    def _resistances(self, construction: Construction) -> list[float]:
        return [_resistance(self._materials[key(layer)]) or 0.0 for layer in construction.layers]

    def _most_resistive(self, construction: Construction) -> int | None:
        """The place of the layer to be changed; an air gap does not become insulation by its thickness."""
        resistances = self._resistances(construction)
        solid = [
            place
            for place, layer in enumerate(construction.layers)
            if self._materials[key(layer)].class_name != AIR_GAP
        ]
        return max(solid, key=lambda place: resistances[place], default=None)


def _resistance(material: ModelObject) -> float | None:
    """In m2K/W; None for a class of material that has none, or one that depends on the state."""
    if material.class_name in (PURE_RESISTANCE, AIR_GAP):
        return number(material, "thermal_resistance")
    if material.class_name == SOLID:
        thickness, conductivity = number(material, "thickness"), number(material, "conductivity")
        return thickness / conductivity if thickness and conductivity else None
    return None


def _changed(material: ModelObject, resistance: float) -> tuple[str, float]:
    """The field that gives the layer the resistance, and its value."""
    field, value = "thermal_resistance", resistance
    if material.class_name == SOLID:
        field, value = "thickness", resistance * (number(material, "conductivity") or 0.0)
    return field, float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def _check(shown: str, material: ModelObject, field: str, value: float, u_value: float) -> None:
    # What the model has already may stay.
    before = number(material, field) or 0.0
    thinnest, thickest = min(THINNEST_M, before), max(THICKEST_M, before)
    if field == "thickness" and not thinnest <= value <= thickest:
        refuse(
            f"{shown} cannot have {u_value:g} W/m2K: {shown_name(material)} would be {value:.4g} m thick, and a layer "
            f"is between {thinnest:g} m and {thickest:g} m"
        )
    if field == "thermal_resistance" and value < LEAST_RESISTANCE:
        refuse(
            f"{shown} cannot have {u_value:g} W/m2K: {shown_name(material)} would have {value:.2g} m2K/W, and "
            f"EnergyPlus takes no less than {LEAST_RESISTANCE:g}"
        )


def _ties(document: Document) -> list[tuple[str, ModelObject]]:
    """Objects that hold for all surfaces of a construction, by its key."""
    return [
        (key(item.get("construction_name")), item)
        for class_name in TIED_TO_CONSTRUCTIONS
        for item in document.objects(class_name)
    ]


def _properties(document: Document) -> list[tuple[str, ModelObject]]:
    """Objects that add properties to a material, by its key."""
    return [
        (key(item.get(field) or (item.name if field == "name" else "")), item)
        for class_name in sorted(document.classes())
        if class_name.startswith(NOT_MATERIALS)
        for item in document.objects(class_name)
        for field in MATERIAL_NAMES
    ]
