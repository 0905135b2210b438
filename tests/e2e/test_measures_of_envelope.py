"""Measures of the envelope on a box in the engine: what no DOE model has, such as framed windows and shades."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from shared.energyplus.building.envelope import Envelope
from shared.energyplus.measures.facades import read_facades
from shared.energyplus.measures.request import MeasureRequest
from shared.energyplus.measures.window_to_wall import window_to_wall_ratio
from tests.e2e.box import BOX
from tests.measures.envelope import FIT
from tests.measures.simulate import Season, Simulated, simulate
from tests.models import weather
from tests.unit.measuring import document

WINDOWS = """
WindowMaterial:SimpleGlazingSystem,Glass,2.7,0.6,0.7;
WindowMaterial:Shade,Cloth,0.1,0.5,0.1,0.5,0.9,0,0.005,0.1,0.05,0.5,0.5,0.5,0.5,0;
Construction,Glass,Glass;
WindowProperty:FrameAndDivider,Frame,0.06,0,0,5,1.2,0.7,0.7,0.9;
FenestrationSurface:Detailed,South Pane,Window,Glass,South,,,Frame,1,4,1,0,2.2,1,0,0.8,4,0,0.8,4,0,2.2;
FenestrationSurface:Detailed,East Pane,Window,Glass,East,,,,2,4,10,1,2.2,10,1,0.8,10,2,0.8,10,2,2.2;
Window,North Pane,Glass,North,,2,2,1,2,1;
FenestrationSurface:Detailed,West Door,GlassDoor,Glass,West,,,,1,4,0,3,2.1,0,3,0,0,2,0,0,2,2.1;
WindowShadingControl,Shades,Room,1,InteriorShade,,AlwaysOn,,,,,Cloth,,,,,Sequential,North Pane;
Output:SQLite,SimpleAndTabular;
"""
#: A roof over the box, whose ceiling is insulated and has its layers in another order from below.
ATTIC = """
Zone,Attic,0,0,0,0,1,1;
Construction,Deck,Brick;
Construction,Attic Floor,Insulation,Brick;
BuildingSurface:Detailed,Deck,Roof,Deck,Attic,,Outdoors,,SunExposed,WindExposed,,4,
  0,8,4,0,0,4,10,0,4,10,8,4;
BuildingSurface:Detailed,Beneath,Floor,Attic Floor,Attic,,Surface,Roof,NoSun,NoWind,,4,
  0,0,3,0,8,3,10,8,3,10,0,3;
"""


def house(*, attic: bool = False) -> str:
    text = BOX.replace("Zone,Room,0,0,0,0,1,1;", "Zone,Room,0,0,0,0,1,3;") + WINDOWS
    if attic:
        roof = "BuildingSurface:Detailed,Roof,Roof,Wall,Room,,Outdoors,,SunExposed,WindExposed"
        text = (
            text.replace(roof, "BuildingSurface:Detailed,Roof,Ceiling,Wall,Room,,Surface,Beneath,NoSun,NoWind") + ATTIC
        )
    return text


def run(directory: Path, text: str, *measures: MeasureRequest) -> Simulated:
    model = directory.with_suffix(".idf")
    model.write_text(text)
    return simulate(model, weather("Chicago"), directory, measures, season=Season.WINTER, days=2)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Simulated:
    """The house as it is."""
    return run(tmp_path_factory.mktemp("box") / "before", house())


def printed(done: Simulated, table: str, column: str) -> dict[str, float]:
    with closing(sqlite3.connect(done.directory / "eplusout.sql")) as connection:
        rows = connection.execute(
            "SELECT RowName, Value FROM TabularDataWithStrings WHERE TableName = ? AND ColumnName = ? AND Value != ''",
            (table, column),
        )
        return {row: float(value) for row, value in rows}


def own_ratio() -> float:
    model = document(house())
    return window_to_wall_ratio(read_facades(model, Envelope.of(model)))


@pytest.mark.parametrize("ratio", [0.08, 0.15])
def test_the_engine_prints_the_ratio_of_windows_with_frames_and_multipliers(
    ratio: float, before: Simulated, tmp_path: Path
) -> None:
    asked = MeasureRequest("window_to_wall_ratio", ratio)

    done = run(tmp_path / "after", house(), asked)

    name = "Above Ground Window-Wall Ratio"
    assert printed(before, "Window-Wall Ratio", "Total")[name] == round(100 * own_ratio(), 2)
    assert printed(done, "Window-Wall Ratio", "Total")[name] == round(100 * ratio, 2)
    more = done.joule("Heating:") - before.joule("Heating:")
    assert (more > 0) == (ratio > own_ratio())
    undone = run(tmp_path / "undone", house(), asked, MeasureRequest("window_to_wall_ratio", own_ratio()))
    assert undone.meters == pytest.approx(before.meters, rel=1e-9)


def test_the_engine_takes_new_glass_behind_a_shade(before: Simulated, tmp_path: Path) -> None:
    done = run(tmp_path / "after", house(), MeasureRequest("glazing_u", 1.1, {"shgc": 0.4, "doors": True}))

    glass = printed(done, "Exterior Fenestration", "Glass U-Factor")
    assert glass == pytest.approx(dict.fromkeys(glass, 1.1), abs=FIT)
    assert done.joule("Heating:") < before.joule("Heating:")


def test_the_engine_takes_both_sides_of_an_attic_s_floor(tmp_path: Path) -> None:
    backwards = house(attic=True)
    plain = run(tmp_path / "before", backwards)

    done = run(tmp_path / "after", backwards, MeasureRequest("roof_insulation", 0.1))

    inside = printed(done, "Opaque Interior", "U-Factor no Film")
    assert {inside["ROOF"], inside["BENEATH"]} == {0.1}
    assert printed(done, "Opaque Exterior", "U-Factor no Film")["DECK"] == 8.9
    assert done.joule("Heating:") < plain.joule("Heating:")


@pytest.mark.parametrize("u_value", [0.05, 3.16])
def test_the_engine_takes_thick_and_thin_insulation(u_value: float, tmp_path: Path) -> None:
    # 0.7 m and 3 mm between bricks.
    text = house().replace("Construction,Wall,Brick,Insulation;", "Construction,Wall,Brick,Insulation,Brick;")

    done = run(tmp_path / "after", text, MeasureRequest("wall_insulation", u_value))

    assert list(printed(done, "Opaque Exterior", "U-Factor no Film").values()).count(u_value) == 4
