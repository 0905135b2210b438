"""Polygons of a building: placed in the world, whatever the way in which the model draws them."""

from pathlib import Path

import pytest

from shared.energyplus.building import geometry
from shared.energyplus.building.geometry import Polygon, read_geometry
from shared.energyplus.building.surfaces import read_surfaces
from shared.energyplus.building.vectors import Vector, area_vector, length
from shared.energyplus.building.zones import total_floor_area
from shared.energyplus.formats.document import Document, load
from tests.models import ENGINE_VERSION, SMALL_OFFICE, doe_model

RULES = "GlobalGeometryRules, UpperLeftCorner, CounterClockWise, Relative;"
WALL = "BuildingSurface:Detailed, South, Wall, Brick, Room, , Outdoors, , SunExposed, WindExposed, 0, 4"
WALL_VERTICES = "0,0,3, 0,0,0, 4,0,0, 4,0,3;"
WINDOW = "Window, Pane, Glass, South, , , 1, 1, 2, 1.5;"


def read(directory: Path, model: str) -> dict[str, Polygon]:
    (directory / "a.idf").write_text(model)
    document, _ = load(directory / "a.idf", ENGINE_VERSION)
    return {polygon.name: polygon for polygon in read_geometry(document).surfaces}


def document_of(path: Path) -> Document:
    return load(path, ENGINE_VERSION)[0]


def box(polygons: list[Polygon]) -> list[tuple[float, float]]:
    points = [vertex for polygon in polygons for vertex in polygon.vertices]
    return [(min(point[axis] for point in points), max(point[axis] for point in points)) for axis in range(3)]


def test_a_building_in_coordinates_of_the_world_keeps_its_vertices() -> None:
    polygons = list(read_geometry(document_of(SMALL_OFFICE)).surfaces)

    assert len(polygons) == 34
    assert box(polygons) == [(0.0, 20.0), (0.0, 15.0), (0.0, 3.0)]
    floor = next(polygon for polygon in polygons if polygon.name == "South floor")
    assert (floor.zone, floor.boundary, floor.type) == ("South", "ground", "floor")
    assert floor.vertices[0] == (4.0, 4.0, 0.0)


@pytest.mark.parametrize("name", ["RefBldgSmallHotel", "ASHRAE901_OutPatient", "RefBldgWarehouse"])
def test_models_of_doe_are_drawn(name: str) -> None:
    document = document_of(doe_model(name))
    drawn = read_geometry(document)

    assert drawn.note is None
    zones = {polygon.zone for polygon in drawn.surfaces} - {""}
    assert len(zones) == len(document.objects("Zone"))
    # No part of it is somewhere else: the widest building has some 160 m.
    assert all(high - low < 200 for low, high in box(list(drawn.surfaces)))


def test_coordinates_of_a_zone_are_moved_and_turned(tmp_path: Path) -> None:
    zone = "Zone, Room, 90, 10, 20, 1;"
    plain = read(tmp_path, f"{RULES} {zone} {WALL}, {WALL_VERTICES}")["South"]
    assert plain.vertices == [(10, 20, 4), (10, 20, 1), (10, 16, 1), (10, 16, 4)]

    turned = read(tmp_path, f"Building, House, 90; {RULES} {zone} {WALL}, {WALL_VERTICES}")["South"]
    assert turned.vertices == [(20, -10, 4), (20, -10, 1), (16, -10, 1), (16, -10, 4)]


def test_a_rectangle_has_the_corners_that_its_angles_give(tmp_path: Path) -> None:
    model = "Zone, Room, 0, 1, 2, 0; {}"
    wall = read(tmp_path, model.format("Wall:Exterior, South, Brick, Room, , 180, 90, 0, 0, 0, 4, 3;"))["South"]
    assert wall.vertices == [(1, 2, 3), (1, 2, 0), (5, 2, 0), (5, 2, 3)]

    roof = read(tmp_path, model.format("Roof, Top, Slate, Room, , 180, 0, 0, 0, 3, 4, 5;"))["Top"]
    assert box([roof]) == [(1, 5), (2, 7), (3, 3)]
    assert (roof.type, roof.boundary) == ("roof", "outdoors")

    world = f"GlobalGeometryRules, UpperLeftCorner, CounterClockWise, World, , World; {model}"
    wall = read(tmp_path, world.format("Wall:Exterior, South, Brick, Room, , 180, 90, 0, 0, 0, 4, 3;"))["South"]
    assert wall.vertices[1] == (0, 0, 0)


@pytest.mark.parametrize("rules", ["CounterClockWise", "Clockwise"])
def test_an_opening_lies_in_its_wall(tmp_path: Path, rules: str) -> None:
    vertices = WALL_VERTICES if rules == "CounterClockWise" else "4,0,3, 4,0,0, 0,0,0, 0,0,3;"
    model = f"GlobalGeometryRules, UpperLeftCorner, {rules}, World; Zone, Room; {WALL}, {vertices} {WINDOW}"
    pane = read(tmp_path, model)["Pane"]

    assert (pane.zone, pane.boundary, pane.type, pane.base) == ("Room", "outdoors", "window", "South")
    assert box([pane]) == [(1, 3), (0, 0), (1, 2.5)]


def test_areas_are_those_of_the_surfaces() -> None:
    document = document_of(doe_model("RefBldgSmallOffice"))
    surfaces = {surface.item.name: surface for surface in read_surfaces(document)}

    for polygon in read_geometry(document).surfaces:
        expected = surfaces[polygon.name].area
        # A millimetre on each side.
        assert length(area_vector(polygon.vertices)) == pytest.approx(expected, abs=0.1, rel=0.002)
    # As EnergyPlus 25.2 prints it.
    assert total_floor_area(document, list(surfaces.values())) == pytest.approx(511.16, abs=0.005)


def test_shading_is_drawn(tmp_path: Path) -> None:
    drawn = read(tmp_path, "Shading:Site:Detailed, Tree, , 3, 0,0,0, 1,0,0, 1,0,5; Shading:Building, Mast;")

    assert (drawn["Tree"].boundary, drawn["Tree"].type, drawn["Tree"].zone) == ("shading", "shading", "")
    assert len(drawn["Tree"].vertices) == 3


def test_what_is_no_polygon_is_left_out(tmp_path: Path) -> None:
    far: Vector = (0, 0, 1e300)
    shades = [
        "Shading:Site:Detailed, Line, , 2, 0,0,0, 1,0,0;",
        f"Shading:Site:Detailed, Far, , 3, 0,0,0, 1,0,0, {far[0]},{far[1]},{far[2]};",
        "Shading:Site:Detailed, Words, , 3, 0,0,0, 1,0,0, a,b,c;",
        "Window, Nowhere, Glass, No wall, , , 1, 1, 1, 2, 1.5;",
    ]
    (tmp_path / "a.idf").write_text(" ".join(shades))

    drawn = read_geometry(document_of(tmp_path / "a.idf"))

    assert drawn.surfaces == []
    assert drawn.note == "The model has no surfaces to be drawn."


@pytest.mark.parametrize(("limit", "most"), [("MAX_SURFACES", 33), ("MAX_VERTICES", 100)])
def test_too_large_a_building_is_a_sentence(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(geometry, limit, most)

    drawn = read_geometry(document_of(SMALL_OFFICE))

    assert len(drawn.surfaces) == 0
    assert drawn.note is not None
    assert f"more than {most}" in drawn.note
