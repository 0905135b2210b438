"""Areas and volumes of models. Figures of DOE models are those in the reports of EnergyPlus 25.2, run by hand."""

import json
from pathlib import Path

import pytest

from shared.energyplus.building.quantities import exterior_areas, net_areas, uses
from shared.energyplus.building.surfaces import Element, Outside, Surface, read_surfaces
from shared.energyplus.building.zones import Zone, read_multipliers, read_zones
from shared.energyplus.findings import Rejected
from shared.energyplus.formats.document import Document, load
from tests.models import ENGINE_VERSION, doe_model

ROOM = """
Zone, Room, 0, 100, 200, 0, 1, 3;
Zone, Attic;
ZoneList, Towers, room;
ZoneGroup, Two, TOWERS, 2;
Wall:Exterior, South, Brick, Room, , 180, 90, 0, 0, 0, 10, 3;
Wall:Interzone, Inner, Brick, Room, , Room, 0, 90, 0, 0, 0, 10, 3;
Wall:Adiabatic, Side, Brick, Room, , 90, 90, 0, 0, 0, 4, 3;
Wall:Underground, Below, Brick, Room, , 0, 90, 0, 0, 0, 4, 2;
Floor:GroundContact, Ground, Slab, Room, , 0, 180, 0, 0, 0, 10, 4;
Roof, Top, Slate, Attic, , 0, 0, 0, 0, 3, 10, 4;
Window, Pane, Glass, south, , 2, 1, 1, 1.5, 2;
GlazedDoor, Way, Glass, South, , , 1, 0, 1, 2;
Door, Gate, Wood, South, , 4, 0, 1, 2;
"""


def read(directory: Path, model: str, name: str = "a.idf") -> tuple[Document, list[Surface]]:
    (directory / name).write_text(model)
    document, _ = load(directory / name, ENGINE_VERSION)
    return document, read_surfaces(document)


@pytest.mark.parametrize(
    ("model", "gross_wall", "window"),
    [
        ("RefBldgSmallOffice", 281.51, 59.68),
        ("ASHRAE901_ApartmentMidRise", 1542.04, 306.92),
        ("ASHRAE901_ApartmentHighRise", 3855.02, 1150.39),
        pytest.param("ASHRAE901_HotelLarge", 4559.59, 1214.08, id="with a basement and multipliers"),
    ],
)
def test_areas_are_those_of_energyplus(model: str, gross_wall: float, window: float) -> None:
    document, _ = load(doe_model(model), ENGINE_VERSION)

    areas = exterior_areas(read_surfaces(document), read_multipliers(document))

    assert areas[Element.WINDOW] == pytest.approx(window, abs=0.005)
    openings = areas[Element.WINDOW] + areas[Element.DOOR]
    assert areas[Element.WALL] + openings == pytest.approx(gross_wall, abs=0.005)


@pytest.mark.parametrize(
    ("model", "name", "area", "volume", "height", "multiplier"),
    [
        ("RefBldgSmallOffice", "Core_ZN", 149.6574, 456.45507, 3.05, 1),
        pytest.param("RefBldgSmallOffice", "Attic", 567.9774, 720.18774133, 1.64, 1, id="sloped"),
        pytest.param("ASHRAE901_ApartmentMidRise", "Office", 88.24927426, 268.97064006, 3.047851, 1, id="not closed"),
        pytest.param("ASHRAE901_ApartmentMidRise", "M Corridor", 77.65935561, 236.69417328, 3.047851, 2, id="group"),
        pytest.param(
            *("ASHRAE901_Warehouse", "Zone2 Fine Storage", 1393.40968577, None, None, 1),
            id="floor on a surface of another zone",
        ),
    ],
)
def test_zones_are_those_of_energyplus(
    model: str, name: str, area: float, volume: float | None, height: float | None, multiplier: float
) -> None:
    document, _ = load(doe_model(model), ENGINE_VERSION)

    (zone,) = (zone for zone in read_zones(document, read_surfaces(document)) if zone.name == name)

    assert zone.floor_area == pytest.approx(area)
    assert volume is None or zone.volume == pytest.approx(volume)
    assert height is None or zone.ceiling_height == pytest.approx(height)
    assert zone.multiplier == multiplier


def test_rectangles_openings_and_multipliers_are_counted(tmp_path: Path) -> None:
    document, surfaces = read(tmp_path, ROOM)
    multipliers = read_multipliers(document)

    assert multipliers == {"ROOM": 6.0, "ATTIC": 1.0}
    areas = exterior_areas(surfaces, multipliers)
    # Two panes of 3 m2, a glazed door and a gate of 2 m2 each in a wall of 30 m2; 8 m2 of the cellar's wall.
    assert areas == {
        Element.WALL: 6 * (20.0 + 8.0),
        Element.ROOF: 40.0,
        Element.CEILING: 0.0,
        Element.FLOOR: 6 * 40.0,
        Element.WINDOW: 6 * 8.0,
        Element.DOOR: 6 * 2.0,
    }


def test_a_construction_is_of_the_element_with_most_of_its_area(tmp_path: Path) -> None:
    document, surfaces = read(tmp_path, ROOM.replace("Roof, Top, Slate", "Roof, Top, Brick"))

    found = uses(surfaces, read_multipliers(document))

    assert found["BRICK"].surfaces == 5
    assert found["BRICK"].area == 6 * (20.0 + 30.0 + 12.0 + 8.0) + 40.0
    assert found["BRICK"].element is Element.WALL
    assert (found["GLASS"].surfaces, found["GLASS"].element) == (2, Element.WINDOW)


def test_a_zone_has_what_the_model_states(tmp_path: Path) -> None:
    document, surfaces = read(tmp_path, "Zone, A, 0, 0, 0, 0, 1, 1, 3, autocalculate, 20; Zone, B, 0, 0, 0, 0, 1, 1;")

    assert read_zones(document, surfaces) == [Zone("A", 20.0, 60.0, 3.0, 1.0), Zone("B", 0.0, None, None, 1.0)]


@pytest.mark.parametrize(
    ("condition", "other", "expected"),
    [
        ("Outdoors", "", Outside.OUTDOORS),
        ("Ground", "", Outside.GROUND),
        ("GroundFCfactorMethod", "", Outside.GROUND),
        ("Foundation", "Kiva", Outside.GROUND),
        ("Adiabatic", "", Outside.ADIABATIC),
        ("surface", "Next", Outside.INSIDE),
        ("Surface", "WALL", Outside.ADIABATIC),
        ("OtherSideCoefficients", "Coefficients", Outside.OTHER),
        ("", "", Outside.OTHER),
    ],
)
def test_what_is_outside(tmp_path: Path, condition: str, other: str, expected: Outside) -> None:
    corners = "0,0,0, 4,0,0, 4,0,3, 0,0,3"
    wall = f"BuildingSurface:Detailed, Wall, Wall, Brick, A, , {condition}, {other}, NoSun, NoWind, , 4, {corners};"

    _, (surface,) = read(tmp_path, f"Zone, A; {wall}")

    assert (surface.outside, surface.area) == (expected, 12.0)


def test_epjson_has_the_same_areas(tmp_path: Path) -> None:
    corners = [(0, 0, 0), (4, 0, 0), (4, 0, 3), (0, 0, 3)]
    vertices = [{f"vertex_{axis}_coordinate": value for axis, value in zip("xyz", c, strict=True)} for c in corners]
    wall = {"surface_type": "Wall", "zone_name": "A", "outside_boundary_condition": "Outdoors", "vertices": vertices}
    pane = {"building_surface_name": "W", "surface_type": "Window", "multiplier": 2} | {
        f"vertex_{number}_{axis}_coordinate": value / 2
        for number, corner in enumerate(corners, start=1)
        for axis, value in zip("xyz", corner, strict=True)
    }
    model = {
        "Zone": {"A": {}},
        "BuildingSurface:Detailed": {"W": wall},
        "FenestrationSurface:Detailed": {"P": pane},
    }

    _, surfaces = read(tmp_path, json.dumps(model), "a.epJSON")

    assert [surface.area for surface in surfaces] == [12.0, 6.0]
    assert net_areas(surfaces, {}) == [6.0, 6.0]


def test_an_opening_without_its_surface_is_nowhere(tmp_path: Path) -> None:
    _, (pane,) = read(tmp_path, "Window, Pane, Glass, Missing, , 1, 0, 0, 2, 3;")

    assert (pane.area, pane.outside, pane.zone) == (6.0, Outside.OTHER, "")


@pytest.mark.parametrize(
    "model",
    [
        "Wall:Exterior, South, Brick, Room, , 180, 90, 0, 0, 0, 1e200, 1e200;",
        "Floor:Detailed, F, Slab, A, , Ground, , NoSun, NoWind, , 3, 0,0,0, 1e200,0,0, 0,1e200,0;",
    ],
)
def test_numbers_that_make_no_area_are_refused(tmp_path: Path, model: str) -> None:
    with pytest.raises(Rejected, match="too large for an area"):
        read(tmp_path, model)


def test_the_largest_coordinates_make_an_area(tmp_path: Path) -> None:
    _, (floor,) = read(
        tmp_path, "Floor:Detailed, F, Slab, A, , Ground, , NoSun, NoWind, , 3, 0,0,0, 1e100,0,0, 0,1e100,0;"
    )

    assert floor.area == pytest.approx(5e199)


def test_infinite_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="too large for a number"):
        read(tmp_path, "Wall:Exterior, South, Brick, Room, , 180, 90, 0, 0, 0, 1e999, 3;")


def test_a_model_without_surfaces_has_no_areas(tmp_path: Path) -> None:
    document, surfaces = read(tmp_path, "Zone, A;")

    assert surfaces == []
    assert set(exterior_areas(surfaces, read_multipliers(document)).values()) == {0.0}
