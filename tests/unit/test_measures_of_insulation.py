"""Insulation of walls and roofs: which layer of which construction changes, on which surfaces, and what is refused."""

from collections.abc import Callable

import pytest

from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.measures.constructions import Constructions
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.unit.measuring import applied, as_epjson, constructions_of, document, layers_of, measured, refused

#: A room with an outdoor wall, an inner one of the same construction, one in the ground, and a flat roof.
HOUSE = """
Version, 25.2;
Zone, Room, 0, 0, 0, 0, 1, 2;
Material, Brick, Rough, 0.1, 0.8, 1900, 800;
Material, Wool, Rough, 0.1, 0.04, 30, 1000, 0.9, 0.6, 0.6;
Material:AirGap, Gap, 0.2;
Material:NoMass, Board, Smooth, 1.5;
Construction, Wall, Brick, Wool, Brick;
Construction, Flat, Board, Brick;
Wall:Exterior, South, Wall, Room, , 180, 90, 0, 0, 0, 10, 3;
Wall:Interzone, Inner, Wall, Room, , Inner, 0, 90, 0, 0, 0, 10, 3;
Wall:Underground, Below, Wall, Room, , 0, 90, 0, 0, 0, 4, 2;
Roof, Top, Flat, Room, , 180, 0, 0, 0, 3, 10, 4;
Door, Door, Wall, South, 1, 1, 0, 1, 2;
"""


@pytest.mark.parametrize("read", [document, as_epjson])
def test_an_outdoor_wall_gets_a_copy_whose_insulation_gives_the_u_value(read: Callable[[str], Document]) -> None:
    model = read(HOUSE)

    done = apply_measure(model, MeasureRequest("wall_insulation", 0.2))

    assert constructions_of(model) == {
        **dict.fromkeys(("Inner", "Below", "Door"), "Wall"),
        "South": "Wall (wall insulation)",
        "Top": "Flat",
    }
    # 5 m2K/W without the two of 0.125 of brick, in wool of 0.04 W/mK.
    (wool,) = (item for item in model.objects("Material") if item.name == "Wool (wall insulation)")
    assert wool.get("thickness") == pytest.approx(0.04 * (5 - 0.25), rel=1e-12)
    assert (wool.get("density"), wool.get("solar_absorptance")) == (30, 0.6)
    assert layers_of(model, "Wall (wall insulation)") == ("BRICK", "WOOL (WALL INSULATION)", "BRICK")
    assert Constructions(model).u_value("WALL (WALL INSULATION)") == pytest.approx(0.2, rel=1e-12)
    assert layers_of(model, "Wall") == ("BRICK", "WOOL", "BRICK")
    assert done.changed == (
        "Construction 'Wall (wall insulation)' added: 0.3636 to 0.2 W/m2K without air films; "
        "Material 'Wool': thickness 0.1 to 0.19 m",
        "1 outdoor wall surfaces, 56 m2: construction 'Wall' changed to 'Wall (wall insulation)'",
    )
    assert done.left == ("Construction 'Wall' on 1 surfaces to ground stays",)


def test_a_layer_of_resistance_alone_is_changed_by_it() -> None:
    model = measured(HOUSE, "roof_insulation", 0.25)

    (board,) = (item for item in model.objects("Material:NoMass") if item.name != "Board")
    assert board.get("thermal_resistance") == pytest.approx(4 - 0.125)
    assert constructions_of(model)["Top"] == "Flat (roof insulation)"


def test_a_measure_and_its_inverse_give_the_same_thickness() -> None:
    model = measured(HOUSE, "wall_insulation", 0.2)

    apply_measure(model, MeasureRequest("wall_insulation", 1 / 2.75))

    (wool,) = (item for item in model.objects("Material") if item.name.count("(wall insulation)") == 2)
    assert wool.get("thickness") == pytest.approx(0.1, rel=1e-12)
    assert constructions_of(model)["South"] == "Wall (wall insulation) (wall insulation)"


def test_of_equal_layers_the_outermost_is_changed_and_an_air_gap_never() -> None:
    text = HOUSE.replace("Construction, Wall, Brick, Wool, Brick;", "Construction, Wall, Brick, Gap, Brick;")

    model = measured(text, "wall_insulation", 1.0)

    assert layers_of(model, "Wall (wall insulation)") == ("BRICK (WALL INSULATION)", "GAP", "BRICK")


def test_a_layer_that_is_no_insulation_is_named() -> None:
    text = HOUSE.replace("Construction, Wall, Brick, Wool, Brick;", "Construction, Wall, Brick;")

    added, _ = applied(text, "wall_insulation", 4.0).changed

    assert added.endswith("thickness 0.1 to 0.2 m, although it is no insulation (0.8 W/mK)")


@pytest.mark.parametrize(
    ("text", "measure", "value", "said"),
    [
        (HOUSE, "wall_insulation", 4.5, "its layers other than Material 'Wool' alone give 4 W/m2K"),
        (HOUSE, "wall_insulation", 3.9, "Material 'Wool' would be 0.0002564 m thick, and a layer is between 0.003 m"),
        (HOUSE.replace("0.04,", "0.4,"), "wall_insulation", 0.3, "'Wool' would be 1.233 m thick"),
        (
            HOUSE.replace("Board, Brick;", "Board;").replace("Smooth, 1.5", "Smooth, 0.5")
            + "Material:NoMass, Rest, Smooth, 0.2;Construction, Other, Board, Rest;"
            "Roof, Other, Other, Room, , 180, 0, 0, 0, 3, 10, 4;",
            "roof_insulation",
            4.99,
            "would have 0.0004 m2K/W, and EnergyPlus takes no less than 0.001",
        ),
        (HOUSE.replace("Wall:Exterior, South", "Wall:Adiabatic, South"), "wall_insulation", 0.2, "no outdoor wall"),
        (HOUSE.replace("Roof, Top, Flat", "Roof, Top, None"), "roof_insulation", 0.2, "'NONE' is not in the model"),
        (HOUSE.replace("Flat, Board, Brick", "Flat, Board, Lost"), "roof_insulation", 0.2, "'Lost' is not in the"),
        (HOUSE.replace("Flat, Board, Brick", "Flat, Gap, Gap"), "roof_insulation", 0.2, "'Flat' consists of air gaps"),
        (
            HOUSE.replace("Flat, Board, Brick", "Flat, Green, Brick") + "Material:RoofVegetation, Green;",
            "roof_insulation",
            0.2,
            "its layer Material:RoofVegetation 'Green' has no fixed resistance",
        ),
        (
            HOUSE + "ConstructionProperty:InternalHeatSource, Pipes, Flat, 1, 1, 1, 0.2;",
            "roof_insulation",
            0.2,
            "Construction 'Flat' belongs to ConstructionProperty:InternalHeatSource 'Pipes'",
        ),
        (
            HOUSE + "SurfaceProperty:SolarIncidentInside, Sun, Top, Flat, S;",
            "roof_insulation",
            0.2,
            "Construction 'Flat' belongs to SurfaceProperty:SolarIncidentInside 'Sun'",
        ),
        (
            HOUSE.replace("Roof, Top, Flat", "Roof, Top, Air") + "Construction:AirBoundary, Air;",
            "roof_insulation",
            0.2,
            "Construction:AirBoundary 'Air' has no layers",
        ),
        (
            HOUSE + "SurfaceProperty:HeatTransferAlgorithm:Construction, A, ConductionFiniteDifference, Flat;",
            "roof_insulation",
            0.2,
            "Construction 'Flat' belongs to SurfaceProperty:HeatTransferAlgorithm:Construction 'A'",
        ),
        (
            HOUSE + "MaterialProperty:PhaseChange, Wool, 0, 20, 1000;",
            "wall_insulation",
            0.2,
            "its most resistive layer has properties of its own in MaterialProperty:PhaseChange 'Wool'",
        ),
        (
            HOUSE + "MaterialProperty:VariableAbsorptance, V, Board, SurfaceTemperature;",
            "roof_insulation",
            0.2,
            "has properties of its own in MaterialProperty:VariableAbsorptance 'V'",
        ),
    ],
)
def test_what_cannot_be_insulated_is_refused(text: str, measure: str, value: float, said: str) -> None:
    assert said in refused(text, measure, value)


def test_a_construction_that_cannot_be_changed_is_named_beside_those_that_are() -> None:
    more = "Construction:CfactorUndergroundWall, C, 0.4, 2;"
    more += "BuildingSurface:Detailed, Cellar, Wall, C, Room,, GroundFCfactorMethod,, NoSun, NoWind,, 0;"
    more += "Construction:AirBoundary, Air;Wall:Exterior, West, Air, Room, , 270, 90, 0, 0, 0, 4, 3;"
    more += "SurfaceControl:MovableInsulation, Outside, South, Wool, S;"
    more += "EnergyManagementSystem:Actuator, A, South, Surface, Construction State;"

    done = applied(HOUSE + more, "wall_insulation", 0.2)

    assert len(done.changed) == 2
    assert done.left == (
        "1 outdoor wall surfaces: Construction:AirBoundary 'Air' has no layers",
        "Construction 'C' on 1 surfaces to GroundFCfactorMethod stays",
        "Construction 'Wall' on 1 surfaces to ground stays",
        "SurfaceControl:MovableInsulation on 'South' stays",
        "EnergyManagementSystem:Actuator 'A', which no program uses, could set the Construction State of 'South'",
    )


def test_the_reason_names_the_measure() -> None:
    with pytest.raises(PreparationError, match=r"wall_insulation: its value must be a number from 0.05 to 6"):
        apply_measure(document(HOUSE), MeasureRequest("wall_insulation", 7.0))
