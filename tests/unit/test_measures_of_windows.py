"""Window-to-wall ratio: the area that windows get, where they stay, and when they cannot grow."""

import re
from collections.abc import Callable

import pytest

from shared.energyplus.building.envelope import Envelope
from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.measures.facades import Facade, Orientation, read_facades
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from shared.energyplus.measures.window_to_wall import window_to_wall_ratio
from tests.unit.measuring import as_epjson, document, refused

#: Walls of 30 and 24 m2 to the south and west of a room that is twice in the building, and what is in them.
HOUSE = """
Version, 25.2;
GlobalGeometryRules, UpperLeftCorner, Counterclockwise, World;
Zone, Room, 0, 0, 0, 0, 1, 2;
WindowMaterial:SimpleGlazingSystem, Glass, 2.7, 0.6;
Construction, Glass, Glass;
Construction, Wall, Glass;
WindowProperty:FrameAndDivider, Frame, 0.1;
BuildingSurface:Detailed, South, Wall, Wall, Room,, Outdoors,, SunExposed, WindExposed,, 4,
  0,0,3, 0,0,0, 10,0,0, 10,0,3;
BuildingSurface:Detailed, West, Wall, Wall, Room,, Outdoors,, SunExposed, WindExposed,, 4,
  0,8,3, 0,8,0, 0,0,0, 0,0,3;
BuildingSurface:Detailed, Cellar, Wall, Wall, Room,, Ground,, NoSun, NoWind,, 4, 0,8,0, 0,8,-3, 0,0,-3, 0,0,0;
BuildingSurface:Detailed, Top, Roof, Wall, Room,, Outdoors,, SunExposed, WindExposed,, 4,
  0,8,3, 0,0,3, 10,0,3, 10,8,3;
FenestrationSurface:Detailed, Pane, Window, Glass, South,,,, 1, 4, 2,0,2, 2,0,1, 4,0,1, 4,0,2;
Window, Twin, Glass, South,, 2, 6, 1, 1, 1;
GlazedDoor, Way, Glass, West,, 1, 1, 0, 1, 2;
Door, Opaque, Wall, West, 1, 4, 0, 1, 2;
FenestrationSurface:Detailed, Sky, Window, Glass, Top,,,, 1, 4, 1,1,3, 2,1,3, 2,2,3, 1,2,3;
"""
#: Windows of 2 m2 and twice 1, a glazed door of 2 m2.
RATIO = 6 / 54


def facades(model: Document) -> list[Facade]:
    return read_facades(model, Envelope.of(model))


def ratio(model: Document) -> float:
    return window_to_wall_ratio(facades(model))


def scaled(text: str, value: float, orientation: str = "all") -> Document:
    model = document(text)
    apply_measure(model, MeasureRequest("window_to_wall_ratio", value, {"orientation": orientation}))
    return model


def corners(model: Document, name: str) -> list[tuple[float, ...]]:
    """Corners of a window in the south wall: along it and up."""
    (window,) = (each for facade in facades(model) for each in facade.openings if each.surface.item.name == name)
    return sorted((round(x, 9), round(z, 9)) for x, _, z in window.vertices)


@pytest.mark.parametrize("read", [document, as_epjson])
def test_windows_are_scaled_about_their_centres_and_doors_stay(read: Callable[[str], Document]) -> None:
    model = read(HOUSE)
    assert ratio(model) == pytest.approx(RATIO)
    # Doors of 2 m2 and windows of 4, scaled by 1.1 in both directions.
    target = (2 + 4 * 1.21) / 54

    done = apply_measure(model, MeasureRequest("window_to_wall_ratio", target))

    assert ratio(model) == pytest.approx(target, rel=1e-12)
    assert corners(model, "Pane") == [(1.9, 0.95), (1.9, 2.05), (4.1, 0.95), (4.1, 2.05)]
    assert corners(model, "Twin") == [(5.95, 0.95), (5.95, 2.05), (7.05, 0.95), (7.05, 2.05)]
    (twin,) = model.objects("Window")
    assert [twin.get(f"starting_{axis}_coordinate") for axis in "xz"] == pytest.approx([5.95, 0.95])
    (door,) = model.objects("GlazedDoor")
    assert (door.get("length"), door.get("height")) == (1, 2)
    assert done.changed == (
        f"2 windows of outdoor walls: window-to-wall ratio 0.1111 to {target:g}, length and height of each window "
        "scaled by 1.1 about its centre",
        "South: 2 windows, 8 to 9.68 m2 with frames",
    )
    assert set(done.left) == {"1 glazed doors stay", "1 skylights stay"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        # A wall in the ground and a roof do not count, a steep roof does; EnergyPlus counts from 60 degrees.
        ("Cellar, Wall, Wall, Room,, Ground", "Cellar, Wall, Wall, Room,, Adiabatic", 6 / 54),
        ("Cellar, Wall, Wall, Room,, Ground", "Cellar, Roof, Wall, Room,, Outdoors", 6 / 78),
        # With a frame of 0.1 m the window of 2 x 1 m has an opening of 2.2 x 1.2 m.
        ("Pane, Window, Glass, South,,,,", "Pane, Window, Glass, South,,, Frame,", (2.64 + 2 + 2) / 54),
        ("Pane, Window, Glass, South,,,, 1,", "Pane, Window, Glass, South,,,, 3,", (6 + 2 + 2) / 54),
        ("Pane, Window", "Pane, GlassDoor", 6 / 54),
        ("Pane, Window", "Pane, Door", 4 / 54),
    ],
)
def test_the_ratio_counts_what_energyplus_counts(old: str, new: str, expected: float) -> None:
    assert HOUSE.count(old) == 1

    assert ratio(document(HOUSE.replace(old, new))) == pytest.approx(expected)


@pytest.mark.parametrize("target", [0.05, 0.09, 0.13])
def test_frames_are_not_scaled_and_the_ratio_is_exact(target: float) -> None:
    text = HOUSE.replace("Pane, Window, Glass, South,,,,", "Pane, Window, Glass, South,,, Frame,")

    assert ratio(scaled(text, target)) == pytest.approx(target, rel=1e-12)


def test_one_orientation_alone() -> None:
    text = HOUSE + "Window, Evening, Glass, West,, 1, 6, 1, 1, 1;"

    model = scaled(text, 0.1, "west")

    of = {
        each: window_to_wall_ratio([one for one in facades(model) if one.orientation is each]) for each in Orientation
    }
    assert of == pytest.approx({"north": 0, "east": 0, "south": 4 / 30, "west": 0.1})
    done = apply_measure(document(text), MeasureRequest("window_to_wall_ratio", 0.1, {"orientation": "west"}))
    assert done.changed[0].startswith("1 windows of west outdoor walls: window-to-wall ratio 0.125 to 0.1,")
    assert "2 windows of other orientations stay" in done.left


@pytest.mark.parametrize(
    ("north", "facing"), [(0, "south"), (44, "south"), (46, "west"), (90, "west"), (180, "north"), (-46, "east")]
)
def test_orientations_are_from_true_north(north: float, facing: str) -> None:
    text = HOUSE.replace("Counterclockwise, World", "Counterclockwise, Relative")

    (south,) = (f for f in facades(document(f"{text}Building, B, {north};")) if f.surface.item.name == "South")

    assert south.orientation == facing


@pytest.mark.parametrize(
    ("old", "new", "value", "said"),
    [
        # The window reaches the top of the wall, 1 m above it, when it is three times as high.
        ("4, 2,0,2, 2,0,1, 4,0,1, 4,0,2;", "4, 4,0,2, 4,0,1, 5,0,1, 5,0,2;", 0.9, "'Pane' would reach Window 'Twin'"),
        ("6, 1, 1, 1;", "8, 1, 0.2, 0.2;", 0.9, "'Pane' would reach beyond its wall"),
        ("2, 6, 1, 1, 1;", "1, 4, 1, 1, 1;", 0.5, "'Pane' would reach Window 'Twin'"),
        (
            "Window, Twin, Glass, South,, 2, 6,",
            "Door, Twin, Glass, South, 2, 4.5,",
            0.5,
            "'Pane' would reach Door 'Twin'",
        ),
        ("Glass, South,, 2, 6,", "Glass, South,, 24, 8,", 0.6, "'South' would have no wall left"),
    ],
)
def test_windows_grow_until_they_reach_something(old: str, new: str, value: float, said: str) -> None:
    assert HOUSE.count(old) == 1
    text = HOUSE.replace(old, new)

    reason = refused(text, "window_to_wall_ratio", value)

    assert said in reason
    (reached,) = map(float, re.findall(r"only (0\.\d+)", reason))
    # The largest ratio that is named can be had, and hardly more.
    assert ratio(scaled(text, reached)) == pytest.approx(reached)
    assert "cannot be" in refused(text, "window_to_wall_ratio", reached + 2e-4)


def test_a_frame_reaches_other_openings_before_its_glass() -> None:
    text = HOUSE.replace("Pane, Window, Glass, South,,,,", "Pane, Window, Glass, South,,, Frame,")

    reason = refused(text, "window_to_wall_ratio", 0.5)

    # The right edge of the frame, at 3 + scale + 0.1, meets the left one of the twin, at 6.5 - scale / 2.
    scale = 3.4 / 1.5
    reached = (2 + (2 * scale + 0.2) * (scale + 0.2) + 2 * scale**2) / 54
    (found,) = map(float, re.findall(r"only (0\.\d+)", reason))
    assert found == pytest.approx(reached, abs=5e-4)
    assert found < window_to_wall_ratio(facades(document(text)), 3.5 / 1.5) - 5e-3


def test_windows_that_overlap_already_may_shrink_and_not_grow() -> None:
    text = HOUSE.replace("2, 6, 1, 1, 1;", "1, 3.5, 1, 1, 1;")
    before = ratio(document(text))

    assert f"only {int(before * 1e4) / 1e4:.4f}" in refused(text, "window_to_wall_ratio", before + 0.01)
    assert ratio(scaled(text, 0.06)) == pytest.approx(0.06)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (re.sub(r"FenestrationSurface:Detailed, Pane[^;]*;\s*Window[^;]*;", "", HOUSE), "the 2 outdoor walls of the"),
        (HOUSE.replace("Outdoors", "Adiabatic"), "the 0 outdoor walls of the model have no windows"),
        (HOUSE, "cannot be 0.02: glazed doors and the corners of frames, which are not scaled, have 0.0370 of it"),
        (
            HOUSE.replace("2,0,1, 4,0,1,", "2,0,2, 4,0,2,").replace("6, 1, 1, 1;", "6, 1, 0, 0;").replace("Glazed", ""),
            "the windows of the model have no area",
        ),
    ],
)
def test_a_model_without_windows_to_scale_is_refused(text: str, said: str) -> None:
    assert said in refused(text, "window_to_wall_ratio", 0.02)


def test_what_stays_at_the_windows_is_named() -> None:
    text = HOUSE.replace("Pane, Window, Glass, South,,,,", "Pane, Window, Glass, South,,, Frame,")
    text += "Daylighting:ReferencePoint, P, Room, 1, 1, 1;Shading:Overhang, O, pane, 0.5, 90, 0, 0, 1;"
    text += "Shading:Building:Detailed, S,, 3, 0,-5,0, 5,-5,0, 5,-5,5;Shading:Fin, F, Sky;"
    text += "Shading:Overhang:Projection, A, Pane, 0, 90, 0, 0, 0.5;Shading:Fin:Projection, B, Pane;"
    text += "ShadowCalculation, Scheduled;"
    model = document(text)

    left = apply_measure(model, MeasureRequest("window_to_wall_ratio", 0.1)).left

    assert left[2:] == (
        "WindowProperty:FrameAndDivider 'Frame' of 1 openings stays",
        "Daylighting:ReferencePoint: 1 objects stay",
        "Shading:Building:Detailed: 1 objects stay",
        "Shading:Overhang: 1 objects keep their values and follow their windows",
        "Shading:Overhang:Projection: 1 objects are sized by their windows and change with them",
        "Shading:Fin:Projection: 1 objects are sized by their windows and change with them",
        "ShadowCalculation: shading_calculation_method is Scheduled, so shadows stay as they are",
    )


def test_what_is_scaled_and_what_stays_is_told_by_the_tilt_of_its_surface() -> None:
    # A roof as steep as a wall, and a wall that lies flat.
    steep = "BuildingSurface:Detailed, Steep, Roof, Wall, Room,, Outdoors,, SunExposed, WindExposed,, 4, "
    steep += "10,0,3, 10,0,0, 10,8,0, 10,8,3;Window, Dormer, Glass, Steep,, 1, 1, 1, 1, 1;"
    flat = "BuildingSurface:Detailed, Flat, Wall, Wall, Room,, Outdoors,, SunExposed, WindExposed,, 4, "
    flat += "10,8,3, 10,0,3, 20,0,3, 20,8,3;Window, Pond, Glass, Flat,, 1, 1, 1, 1, 1;"
    request = MeasureRequest("window_to_wall_ratio", 0.1)

    done = apply_measure(document(HOUSE + steep + flat), request)

    assert done.changed[0].startswith("3 windows of outdoor walls")
    assert set(done.left) == {
        "1 glazed doors stay",
        "1 skylights stay",
        "1 windows in surfaces less steep than 60 degrees stay",
    }
    west = MeasureRequest("window_to_wall_ratio", 0.1, {"orientation": "south"})
    assert "1 windows of other orientations stay" in apply_measure(document(HOUSE + steep), west).left


def test_numbers_without_an_area_are_refused() -> None:
    with pytest.raises(PreparationError, match="too large"):
        scaled(HOUSE.replace("10,0,0, 10,0,3;", "1e308,0,0, 1e308,0,1e308;"), 0.1)
