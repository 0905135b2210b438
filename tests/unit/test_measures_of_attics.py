"""Roof insulation over attics: where the insulation is, and a floor that two zones have."""

import pytest

from shared.energyplus.measures.constructions import Constructions
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.unit.measuring import constructions_of, document, layers_of, measured, refused

#: An attic over a room. The floor is drawn twice, from both zones; its layers are reversed on the other side.
ATTIC = """
Version, 25.2;
Zone, Room, 0, 0, 0, 0, 1, 1;
Zone, Attic, 0, 0, 0, 3, 1, 1;
ZoneControl:Thermostat, T, Room, S, ThermostatSetpoint:DualSetpoint, D;
Material, Board, Smooth, 0.02, 0.2, 700, 1000;
Material, Wool, Rough, 0.2, 0.04, 30, 1000;
Material, Tile, Rough, 0.02, 1.0, 2000, 800;
Construction, Deck, Tile;
Construction, Attic Floor, Board, Wool;
Construction, Ceiling, Wool, Board;
Construction, Wall, Tile, Wool;
BuildingSurface:Detailed, Deck, Roof, Deck, Attic,, Outdoors,, SunExposed, WindExposed,, 4,
  0,4,3, 0,0,3, 10,0,3, 10,4,3;
BuildingSurface:Detailed, Gable, Wall, Wall, Attic,, Outdoors,, SunExposed, WindExposed,, 4,
  0,0,4, 0,0,3, 10,0,3, 10,0,4;
BuildingSurface:Detailed, South, Wall, Wall, Room,, Outdoors,, SunExposed, WindExposed,, 4,
  0,0,3, 0,0,0, 10,0,0, 10,0,3;
BuildingSurface:Detailed, Above, Floor, Attic Floor, Attic,, Surface, Beneath, NoSun, NoWind,, 4,
  0,0,3, 0,4,3, 10,4,3, 10,0,3;
BuildingSurface:Detailed, Beneath, Ceiling, Ceiling, Room,, Surface, Above, NoSun, NoWind,, 4,
  0,4,3, 0,0,3, 10,0,3, 10,4,3;
"""


def test_over_an_attic_its_insulated_floor_is_changed_from_both_sides() -> None:
    model = document(ATTIC)

    done = apply_measure(model, MeasureRequest("roof_insulation", 0.1))

    names = constructions_of(model)
    assert (names["Deck"], names["Gable"]) == ("Deck", "Wall")
    assert names["Above"] == "Attic Floor (roof insulation)"
    assert names["Beneath"] == "Ceiling (roof insulation)"
    assert layers_of(model, names["Above"]) == ("BOARD", "WOOL (ROOF INSULATION)")
    assert layers_of(model, names["Beneath"]) == ("WOOL (ROOF INSULATION)", "BOARD")
    assert Constructions(model).u_value(names["Above"].upper()) == pytest.approx(0.1)
    assert done.left == ("Zone 'Attic': its floor is insulated, so its 1 outdoor roof surfaces stay",)


def test_walls_of_an_attic_with_an_insulated_floor_stay() -> None:
    model = document(ATTIC)

    done = apply_measure(model, MeasureRequest("wall_insulation", 0.1))

    assert (constructions_of(model)["Gable"], constructions_of(model)["South"]) == ("Wall", "Wall (wall insulation)")
    assert done.left == ("Zone 'Attic': its floor is insulated, so its 1 outdoor wall surfaces stay",)


def test_layers_that_are_the_same_from_both_sides_stay_one_construction() -> None:
    text = ATTIC.replace("Floor, Board, Wool;", "Floor, Board, Wool, Board;").replace(
        "Ceiling, Ceiling,", "Ceiling, Attic Floor,"
    )

    names = constructions_of(measured(text, "roof_insulation", 0.1))

    assert names["Above"] == names["Beneath"] == "Attic Floor (roof insulation)"


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        # The floor once, from the attic or from the room; EnergyPlus adds the other side.
        ("Surface, Beneath", "Zone, Room", {"Above": "Attic Floor (roof insulation)"}),
        ("Surface, Above", "Zone, Attic", {"Beneath": "Ceiling (roof insulation)"}),
    ],
)
def test_a_floor_that_the_model_has_once_is_changed_once(old: str, new: str, changed: dict[str, str]) -> None:
    text = ATTIC.replace(old, new)
    start = text.index(f"BuildingSurface:Detailed, {old.split(', ')[1]}")
    text = text[:start] + text[text.index(";", start) + 1 :]

    model = measured(text, "roof_insulation", 0.1)

    assert constructions_of(model) == {"Deck": "Deck", "Gable": "Wall", "South": "Wall", **changed}
    added = {item.name for item in model.objects("Construction")} - {"Deck", "Attic Floor", "Ceiling", "Wall"}
    assert added == set(changed.values())


def test_an_unconditioned_zone_with_an_insulated_roof_is_insulated_there() -> None:
    text = ATTIC.replace("Construction, Deck, Tile;", "Construction, Deck, Tile, Wool;")
    text = text.replace("Attic Floor, Board, Wool;", "Attic Floor, Board;").replace(
        "Ceiling, Wool, Board;", "Ceiling, Board;"
    )
    model = document(text)

    done = apply_measure(model, MeasureRequest("roof_insulation", 0.1))

    assert (constructions_of(model)["Deck"], constructions_of(model)["Above"]) == (
        "Deck (roof insulation)",
        "Attic Floor",
    )
    assert done.left == ("Zone 'Attic': its roof is insulated, so its floor stays",)


@pytest.mark.parametrize(
    "more",
    [
        "ZoneControl:Thermostat, T2, Attic, S, ThermostatSetpoint:DualSetpoint, D;",
        "ZoneList, All, Room, Attic;ZoneControl:Thermostat, T2, All, S, ThermostatSetpoint:DualSetpoint, D;",
        "Space, Loft, Attic;ZoneControl:Thermostat:ThermalComfort, T2, Loft;",
        "HVACTemplate:Zone:IdealLoadsAirSystem, Attic, T;",
        "AirLoopHVAC:ReturnPlenum, P, Attic, N, M, , I;",
    ],
)
def test_over_a_conditioned_zone_or_a_plenum_the_roof_itself_is_changed(more: str) -> None:
    names = constructions_of(measured(ATTIC + more, "roof_insulation", 2.5))

    assert (names["Deck"], names["Above"]) == ("Deck (roof insulation)", "Attic Floor")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("Construction, Deck, Tile;", "Construction, Deck, Tile, Wool;", "is clearly the insulated one"),
        ("Ceiling, Wool, Board;", "Ceiling, Board, Wool;", "are not each other's reverse"),
        ("Construction, Deck, Tile;", "Construction:AirBoundary, Deck;", "is insulated cannot be known"),
    ],
)
def test_an_attic_that_is_not_clear_is_refused(old: str, new: str, said: str) -> None:
    assert said in refused(ATTIC.replace(old, new), "roof_insulation", 0.1)
