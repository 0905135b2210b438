"""What acts on surfaces besides their constructions, to be named with the changes of a measure."""

from collections.abc import Container

from shared.energyplus.building.fields import key
from shared.energyplus.formats.document import Document, shown_name
from shared.energyplus.measures.ems import actuators, described

MOVABLE_INSULATION = "SurfaceControl:MovableInsulation"
SHADOWS, SHADOW_METHOD = "ShadowCalculation", "shading_calculation_method"
#: Methods by which the model says itself what is in the sun.
GIVEN_SHADOWS = ("IMPORTED", "SCHEDULED")
CONSTRUCTION_STATE = "CONSTRUCTION STATE"


def movable_insulation(document: Document, surfaces: Container[str]) -> list[str]:
    """A line for each movable insulation on surfaces, which are given by keys."""
    return [
        f"{shown_name(item)} on '{item.get('surface_name')}' stays"
        for item in document.objects(MOVABLE_INSULATION)
        if key(item.get("surface_name")) in surfaces
    ]


def given_shadows(document: Document) -> list[str]:
    """A line where shadows are not computed from the surfaces."""
    return [
        f"{SHADOWS}: {SHADOW_METHOD} is {item.get(SHADOW_METHOD)}, so shadows stay as they are"
        for item in document.objects(SHADOWS)
        if key(item.get(SHADOW_METHOD)) in GIVEN_SHADOWS
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
