"""What acts on surfaces besides their constructions, to be named with the changes of a measure."""

from collections.abc import Container

from shared.energyplus.building.fields import key
from shared.energyplus.formats.document import Document, shown_name

MOVABLE_INSULATION = "SurfaceControl:MovableInsulation"
ACTUATORS = "EnergyManagementSystem:Actuator"
CONSTRUCTION_STATE = "CONSTRUCTION STATE"


def movable_insulation(document: Document, surfaces: Container[str]) -> list[str]:
    """A line for each movable insulation on surfaces, which are given by keys."""
    return [
        f"{shown_name(item)} on '{item.get('surface_name')}' stays"
        for item in document.objects(MOVABLE_INSULATION)
        if key(item.get("surface_name")) in surfaces
    ]


def construction_states(document: Document, surfaces: Container[str]) -> list[str]:
    """A line for each EMS actuator that can replace the construction of surfaces, which are given by keys."""
    found = []
    for item in document.objects(ACTUATORS):
        component = item.get("actuated_component_unique_name")
        if key(item.get("actuated_component_control_type")) == CONSTRUCTION_STATE and key(component) in surfaces:
            found.append(f"{shown_name(item)} may replace the construction of '{component}' during the run")
    return found
