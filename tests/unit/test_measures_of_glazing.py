"""Glazing: which windows get the new glass, what is kept of the old one, and what is refused."""

from collections.abc import Callable

import pytest

from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.unit.measuring import applied, as_epjson, constructions_of, document, refused

#: A room with two windows, a glazed door, an opaque one, a skylight, and a window to another zone; it is there thrice.
HOUSE = """
Version, 25.2;
Zone, Room, 0, 0, 0, 0, 1, 3;
WindowMaterial:SimpleGlazingSystem, Old, 2.7, 0.6, 0.7;
WindowMaterial:Glazing, Pane, SpectralAverage,, 0.006, 0.8, 0.07, 0.07, 0.9, 0.08, 0.08, 0, 0.84, 0.84, 0.9;
WindowMaterial:Gas, Gap, Air, 0.012;
WindowMaterial:Shade, Cloth, 0.1, 0.5, 0.1, 0.5, 0.9, 0, 0.005, 0.1, 0.05, 0.5, 0.5, 0.5, 0.5, 0;
Material, Brick, Rough, 0.1, 0.8, 1900, 800;
Construction, Wall, Brick;
Construction, Glass, Old;
Construction, Panes, Pane, Gap, Pane;
Wall:Exterior, South, Wall, Room, , 180, 90, 0, 0, 0, 10, 3;
Wall:Interzone, Inner, Wall, Room, , Inner, 0, 90, 0, 0, 0, 10, 3;
Roof, Top, Wall, Room, , 180, 0, 0, 0, 3, 10, 4;
Window, First, Glass, South, , 1, 1, 1, 2, 1;
Window, Second, Glass, South, , 1, 4, 1, 2, 1;
GlazedDoor, Glazed, Glass, South, , 1, 7, 0, 1, 2;
Door, Door, Wall, South, 1, 9, 0, 1, 2;
FenestrationSurface:Detailed, Sky, Window, Glass, Top,,,, 1, 4, 1,1,3, 2,1,3, 2,2,3, 1,2,3;
Window:Interzone, Between, Glass, Inner, Other, 1, 1, 1, 2, 1;
"""
NEW = "Glazing U 1.1 SHGC 0.6 VT 0.7"


@pytest.mark.parametrize("read", [document, as_epjson])
def test_exterior_windows_get_one_simple_glazing_system(read: Callable[[str], Document]) -> None:
    model = read(HOUSE)

    done = apply_measure(model, MeasureRequest("glazing_u", 1.1))

    old = dict.fromkeys(("Glazed", "Sky", "Between"), "Glass") | dict.fromkeys(
        ("South", "Inner", "Top", "Door"), "Wall"
    )
    assert constructions_of(model) == {**old, "First": NEW, "Second": NEW}
    (construction,) = (item for item in model.objects("Construction") if item.name == NEW)
    (glass,) = (item for item in model.objects("WindowMaterial:SimpleGlazingSystem") if item.name != "Old")
    assert (construction.get("outside_layer"), construction.get("layer_2")) == (glass.name, None)
    fields = ("u_factor", "solar_heat_gain_coefficient", "visible_transmittance")
    assert [glass.get(field) for field in fields] == [1.1, 0.6, 0.7]
    assert done.changed == (
        f"Construction '{NEW}' of one WindowMaterial:SimpleGlazingSystem added: 1.1 W/m2K with air films, SHGC 0.6, "
        "visible transmittance 0.7 as before",
        f"2 openings, 12 m2: construction 'Glass', which was U 2.7 SHGC 0.6 VT 0.7, changed to '{NEW}'",
    )
    assert set(done.left) == {"1 glazed doors stay", "1 skylights stay", "1 glazed openings between zones stay"}


@pytest.mark.parametrize(
    ("option", "changed", "left"),
    [("doors", "Glazed", "1 skylights stay"), ("skylights", "Sky", "1 glazed doors stay")],
)
def test_doors_and_skylights_are_changed_on_request(option: str, changed: str, left: str) -> None:
    model = document(HOUSE)

    done = apply_measure(model, MeasureRequest("glazing_u", 1.1, {option: True}))

    assert [name for name, used in constructions_of(model).items() if used == NEW] == sorted(
        ["First", "Second", changed], key=list(constructions_of(model)).index
    )
    assert done.left == (left, "1 glazed openings between zones stay")


def test_the_heat_gain_is_changed_and_the_u_value_kept() -> None:
    model = document(HOUSE)

    apply_measure(model, MeasureRequest("glazing_shgc", 0.3))

    assert constructions_of(model)["First"] == "Glazing U 2.7 SHGC 0.3 VT 0.7"


@pytest.mark.parametrize(("measure", "option"), [("glazing_u", "shgc"), ("glazing_shgc", "u_value")])
def test_panes_become_simple_glazing_with_both_values(measure: str, option: str) -> None:
    text = HOUSE.replace("Second, Glass", "Second, Panes")
    values = {"glazing_u": 0.9, "shgc": 0.4, "glazing_shgc": 0.4, "u_value": 0.9}
    model = document(text)

    apply_measure(model, MeasureRequest(measure, values[measure], {option: values[option]}))

    # Visible transmittance is that of the old glass where it has one.
    assert constructions_of(model)["Second"] == "Glazing U 0.9 SHGC 0.4"
    assert constructions_of(model)["First"] == "Glazing U 0.9 SHGC 0.4 VT 0.7"
    assert f"'Panes' is of panes, so the option {option} is needed" in refused(text, measure, values[measure])


def test_windows_with_the_same_new_glass_share_a_construction() -> None:
    text = HOUSE.replace("Second, Glass", "Second, Same") + "Construction, Same, Old;"

    done = applied(text, "glazing_u", 1.1)

    assert [f"'{NEW}'" in line for line in done.changed] == [True, True, True]
    assert sum("added" in line for line in done.changed) == 1


def test_names_that_a_model_has_are_not_taken_again() -> None:
    model = document(f"{HOUSE}Construction, {NEW.lower()}, Brick;")

    apply_measure(model, MeasureRequest("glazing_u", 1.1))

    assert constructions_of(model)["First"] == f"{NEW} #2"


def test_frames_and_programs_that_act_on_the_windows_are_named() -> None:
    text = HOUSE.replace("First, Glass, South, ,", "First, Glass, South, Frame,")
    text += "WindowProperty:FrameAndDivider, Frame, 0.05;"
    text += "FenestrationSurface:Detailed, Dome, TubularDaylightDome, Glass, Top,,,, 1, 3, 1,1,3, 2,1,3, 2,2,3;"
    text += "EnergyManagementSystem:Actuator, A, First, Surface, Construction State;"

    left = applied(text, "glazing_u", 1.1).left

    assert "WindowProperty:FrameAndDivider 'Frame' of 1 openings stays" in left
    assert "1 tubular daylighting devices stay" in left
    assert left[-1].endswith("could set the Construction State of 'First'")


CONTROL = "WindowShadingControl, C, Room, 1, {}, {}, AlwaysOn,,,,, {},,,,, Sequential, First;"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Window, ", "Door, ", "the model has no exterior windows; 1 glazed doors stay"),
        ("First, Glass", "First, Lost", "Window 'First': its construction 'LOST' is not in the model"),
        ("Second, Glass", "Second, Shaded", "Construction 'Shaded' has a shade in it, 'Cloth', which would be lost"),
        (
            "First, Glass",
            "First, Complex",
            "Construction:ComplexFenestrationState 'Complex' is on exterior windows and has properties",
        ),
        ("First, Glass", "First, File", "Construction:WindowDataFile 'File' is on exterior windows"),
        (
            "Door, Door",
            CONTROL.format("SwitchableGlazing", "Shaded", "") + "Door, Door",
            "WindowShadingControl 'C' gives window 'First' the construction 'Shaded', which would not match",
        ),
        (
            "Door, Door",
            CONTROL.format("BetweenGlassShade", "", "Cloth") + "Door, Door",
            "WindowShadingControl 'C' has a shade between the panes of window 'First'",
        ),
        (
            "Door, Door",
            "WindowProperty:AirflowControl, First, IndoorAir, OutdoorAir, 0.01;Door, Door",
            "WindowProperty:AirflowControl 'First' is about the panes of window 'First'",
        ),
        (
            "Door, Door",
            "WindowProperty:StormWindow, second, Pane, 0.05, 10, 1, 4, 1;Door, Door",
            "WindowProperty:StormWindow is about the panes of window 'second'",
        ),
        (
            "Door, Door",
            "ComplexFenestrationProperty:SolarAbsorbedLayers, Sun, second, Glass, S;Door, Door",
            "ComplexFenestrationProperty:SolarAbsorbedLayers 'Sun' is about the panes of window 'second'",
        ),
    ],
)
def test_windows_that_belong_to_their_construction_are_refused(old: str, new: str, said: str) -> None:
    more = "Construction, Shaded, Old, Cloth;Construction:WindowDataFile, File;"
    more += "Construction:ComplexFenestrationState, Complex, LBNLWindow, None, P, M, T, A, B, C, D, Pane, E, F;"

    assert said in refused(HOUSE.replace(old, new) + more, "glazing_u", 1.1)


def test_a_shade_that_energyplus_adds_to_any_glass_is_no_obstacle() -> None:
    assert applied(HOUSE + CONTROL.format("InteriorShade", "", "Cloth"), "glazing_u", 1.1).changed


def test_a_control_of_other_windows_is_no_obstacle() -> None:
    text = HOUSE + CONTROL.format("SwitchableGlazing", "Shaded", "").replace("First", "Sky")

    assert applied(text, "glazing_u", 1.1).changed


@pytest.mark.parametrize(("measure", "option", "value"), [("glazing_u", "shgc", 1.2), ("glazing_shgc", "u_value", 7.1)])
def test_an_option_out_of_range_is_refused(measure: str, option: str, value: float) -> None:
    with pytest.raises(PreparationError, match=f"option {option} is {value}, and must be between"):
        apply_measure(document(HOUSE), MeasureRequest(measure, 0.5, {option: value}))
