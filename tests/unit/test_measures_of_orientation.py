"""Orientation: what turns, what stays, and what is refused."""

import pytest

from tests.unit.measuring import applied, refused


def test_the_north_axis_is_added_to() -> None:
    text = "Building, B, -90; GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative, World;"

    done = applied(text + "Shading:Site:Detailed, Hill;", "orientation", 45)

    assert done.changed == ("Building 'B': north_axis changed from -90 to -45",)
    assert done.left == ("Shading:Site:Detailed 'Hill' stays where it is",)


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
