"""What acts on surfaces besides their constructions, to be named with the changes of a measure."""

from collections.abc import Container

from shared.energyplus.building.fields import key
from shared.energyplus.formats.document import Document, shown_name
from shared.energyplus.measures.ems import actuators, described

MOVABLE_INSULATION = "SurfaceControl:MovableInsulation"
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
    found = actuators(
        document,
        lambda item: (
            key(item.get("actuated_component_control_type")) == CONSTRUCTION_STATE
            and key(item.get("actuated_component_unique_name")) in surfaces
        ),
    )
    return list(described(document, found))
