"""Orientation: what turns, what stays, and what is refused."""

import pytest

from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.unit.measuring import applied, document, refused


def test_the_north_axis_is_added_to() -> None:
    text = "Building, B, -90; GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative, World;"

    done = applied(text + "Shading:Site:Detailed, Hill;", "orientation", 45)

    assert done.changed == ("Building 'B': north_axis changed from -90 to -45",)
    assert done.left == ("Shading:Site:Detailed 'Hill' stays where it is",)


def test_turned_back_the_north_axis_is_the_same_number() -> None:
    model = document("Building, B, 26.6;")

    for degrees in (45, -45):
        apply_measure(model, MeasureRequest("orientation", degrees))

    assert model.objects("Building")[0].get("north_axis") == 26.6


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            "ZoneVentilation:WindandStackOpenArea, V, Z, 1;",
            "ZoneVentilation:WindandStackOpenArea 'V': effective_angle keeps its angle from north",
        ),
        (
            "AirflowNetwork:SimulationControl, N, MultizoneWithoutDistribution;",
            "AirflowNetwork:SimulationControl 'N': azimuth_angle_of_long_axis_of_building keeps its angle from north",
        ),
        (
            "Generator:PVWatts, P, 5, 1000, Standard, FixedOpenRack, 0.14, TiltAzimuth;",
            "Generator:PVWatts 'P': azimuth_angle keeps its angle from north",
        ),
        (
            "GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative, Relative, World; Shading:Building, S;",
            "Shading:Building 'S' stays where it is: rectangular_surface_coordinate_system of GlobalGeometryRules is "
            "World",
        ),
        (
            "AirflowNetwork:SimulationControl, N, MultizoneWithoutDistribution, Input;"
            "AirflowNetwork:MultiZone:ExternalNode, South, 1, Curve; "
            "AirflowNetwork:MultiZone:ExternalNode, Turns, 1, Curve, No, Relative;",
            "AirflowNetwork:MultiZone:ExternalNode 'South': wind pressures keep their angles from north",
        ),
        (
            "ShadowCalculation, Imported;",
            "ShadowCalculation: shading_calculation_method is Imported, so shadows stay as they are",
        ),
        (
            "SurfaceProperty:LocalEnvironment, L, Wall;",
            "SurfaceProperty:LocalEnvironment 'L' keeps what its surface sees",
        ),
    ],
)
def test_what_does_not_turn_is_named(text: str, left: str) -> None:
    assert applied(f"Building, B; {text}", "orientation", 45).left == (left,)


@pytest.mark.parametrize(
    "text",
    [
        "AirflowNetwork:SimulationControl, N, MultizoneWithoutDistribution, Input;",
        "AirflowNetwork:SimulationControl, N; AirflowNetwork:MultiZone:ExternalNode, South, 1, Curve;",
        "AirflowNetwork:SimulationControl, N, MultizoneWithoutDistribution, Input;"
        "AirflowNetwork:MultiZone:ExternalNode, South, 1, Curve, No, Relative;",
        "ShadowCalculation, PolygonClipping;",
        "ZoneVentilation:WindandStackOpenArea, V, Z, 1,, 0.5;",
        "Generator:PVWatts, P, 5, 1000, Standard, FixedOpenRack, 0.14, Surface;",
        "GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative, World, Relative; Shading:Building, S;",
    ],
)
def test_what_turns_with_the_building_is_not_named(text: str) -> None:
    assert applied(f"Building, B; {text}", "orientation", 45).left == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Zone, Z;", "the model has no Building"),
        (
            "Building, B; GlobalGeometryRules, UpperLeftCorner, Counterclockwise, World;",
            "GlobalGeometryRules: coordinate_system is World",
        ),
        (
            "Building, B; GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative, World;"
            "Daylighting:ReferencePoint, P;",
            "daylighting_reference_point_coordinate_system is World",
        ),
    ],
)
def test_it_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in refused(text, "orientation", 45)
