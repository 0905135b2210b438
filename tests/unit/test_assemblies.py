"""Constructions of a library in a model: the library's numbers outside, the model's own inside, and nothing made up."""

from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.assemblies.assembly import Assembly, AssemblyLayer
from shared.energyplus.assemblies.library import GAP, LibraryLayer, read_assembly
from shared.energyplus.assemblies.u_values import u_value_warnings
from shared.energyplus.building.surfaces import read_surfaces
from shared.energyplus.findings import Rejected
from shared.energyplus.formats.document import Document, PreparationError, load
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.preparation.assemblies import place
from tests.models import ENGINE_VERSION
from tests.old_library import BRICK, FACTORS, PANE, WOOL

SCHEMA = schema_of(ENGINE_VERSION)
HOUSE = """
Version, 25.2;
Zone, Room, 0, 0, 0, 0, 1, 2;
Construction, Old, Stone;
Material, Stone, Rough, 0.3, 1.5, 2000, 800;
Wall:Exterior, South, Old, Room, , 180, 90, 0, 0, 0, 10, 3;
Wall:Underground, Below, Old, Room, , 0, 90, 0, 0, 0, 4, 2;
Wall:Interzone, Inner, Old, Room, , Room, 0, 90, 0, 0, 0, 10, 3;
Wall:Adiabatic, Side, Old, Room, , 90, 90, 0, 0, 0, 4, 3;
Floor:GroundContact, Ground, Old, Room, , 0, 180, 0, 0, 0, 10, 4;
Window, Pane, Old, South, , 1, 1, 1, 1.5, 2;
"""


def read(element: str, rows: list[dict[str, Any]], name: str = "New", **values: Any) -> Assembly:
    assert SCHEMA is not None
    row = {"id": "7", "name": name, "u_value_w_m2k": 0.2, **FACTORS, **values}
    layers = [LibraryLayer(row, is_pane="solar_transmittance" in row) for row in rows]
    return read_assembly(SCHEMA, element, name, row, layers)


def house(directory: Path, more: str = "") -> Document:
    (directory / "a.idf").write_text(HOUSE + more)
    return load(directory / "a.idf", ENGINE_VERSION)[0]


def test_a_wall_gets_the_numbers_of_the_library_and_the_inside_keeps_its_own(tmp_path: Path) -> None:
    document = house(tmp_path)

    placed = place(document, [read("wall", [BRICK, WOOL, BRICK])])

    used = {surface.item.name: surface.item.get("construction_name") for surface in read_surfaces(document)}
    assert used == {**dict.fromkeys(("Inner", "Side", "Ground", "Pane"), "Old"), "South": "New", "Below": "New"}
    (new,) = (item for item in document.objects("Construction") if item.name == "New")
    # The two faces are one material.
    assert new.get("outside_layer") == new.get("layer_3") != new.get("layer_2")
    (brick,) = (item for item in document.objects("Material") if item.name == new.get("outside_layer"))
    assert {field: brick.get(field) for field in ("thickness", "conductivity", "density", "specific_heat")} == {
        "thickness": 0.12,
        "conductivity": 0.62,
        "density": 1510.0,
        "specific_heat": 835.0,
    }
    assert (brick.get("roughness"), brick.get("solar_absorptance")) == ("MediumRough", 0.63)
    (wool,) = (item for item in document.objects("Material") if item.name == new.get("layer_2"))
    assert (wool.get("conductivity"), wool.get("solar_absorptance")) == (0.036, None)
    # Two zones of 10 x 3 m without the window of 3 m2, and of 4 x 2 m.
    assert placed.gwp == pytest.approx(50.5 * 2 * (27 + 8))
    assert placed.cost == pytest.approx(1200 * 2 * (27 + 8))
    assert "70 m2" in placed.changes[0]
    assert placed.u_values == {"New": 0.2}


def test_panes_get_gaps_of_air_that_are_recorded(tmp_path: Path) -> None:
    document = house(tmp_path)

    placed = place(document, [read("window", [PANE, PANE], u_value_w_m2k=None)])

    (new,) = (item for item in document.objects("Construction") if item.name == "New")
    (gap,) = document.objects("WindowMaterial:Gas")
    assert (new.get("layer_2"), gap.get("gas_type"), gap.get("thickness")) == (gap.name, "Air", 0.012)
    (pane,) = document.objects("WindowMaterial:Glazing")
    assert pane.get("back_side_solar_reflectance_at_normal_incidence") == 0.076
    assert pane.get("dirt_correction_factor_for_solar_and_visible_transmittance") == 0.98
    assert placed.changes[1] == "Construction 'New': 1 x 12 mm of air added between panes; the library has none"
    assert placed.changes[2] == "Construction 'New': the library has no U-value to compare with"
    assert (placed.u_values, placed.gwp) == ({}, 50.5 * 2 * 3)


def test_names_that_a_model_has_or_cannot_hold_are_changed(tmp_path: Path) -> None:
    document = house(tmp_path, "Material, Brick  red (OLD #2), Rough, 0.1, 1, 1000, 1000;")

    place(document, [read("wall", [{**BRICK, "name": "Brick; red"}], name="Old")])

    (new,) = (item for item in document.objects("Construction") if item.name == "Old #2")
    assert new.get("outside_layer") == "Brick  red (Old #2) #2"
    assert "Brick  red (Old #2) #2" in document.text()


@pytest.mark.parametrize(
    ("element", "more", "said"),
    [
        ("roof", "", "The model has no exterior roof"),
        (
            "floor",
            "BuildingSurface:Detailed, F, Floor, Old, Room, , GroundFCfactorMethod, , NoSun, NoWind, 0;",
            "BuildingSurface:Detailed 'F': its outside, GroundFCfactorMethod, allows no construction of layers",
        ),
    ],
)
def test_a_model_that_cannot_have_an_assembly_is_refused(tmp_path: Path, element: str, more: str, said: str) -> None:
    with pytest.raises(PreparationError, match=said.replace("(", ".").replace(")", ".")):
        place(house(tmp_path, more), [read(element, [BRICK])])


@pytest.mark.parametrize(
    ("element", "rows", "values", "said"),
    [
        ("wall", [{**BRICK, "conductivity_w_mk": None}], {}, "material 'Brick; red': the library has no conductivity_"),
        ("wall", [{**BRICK, "roughness": ""}], {}, "the library has no roughness"),
        ("wall", [WOOL], {}, "the library has no solar_absorptance"),
        ("wall", [{**BRICK, "roughness": "Velvet"}], {}, "roughness: 'Velvet' is none of"),
        ("wall", [{**BRICK, "thickness_m": 0}], {}, "thickness_m: 0 is out of range; it must be above 0 m"),
        ("wall", [{**BRICK, "specific_heat_j_kgk": 99}], {}, "specific_heat_j_kgk: 99 is out of"),
        ("wall", [{**BRICK, "solar_absorptance": 1.01}], {}, "solar_absorptance: 1.01 is out of"),
        ("wall", [{**BRICK, "density_kg_m3": "NaN"}], {}, "density_kg_m3: 'NaN' is no number"),
        ("window", [{**PANE, "back_solar_reflectance": None}], {}, "glazing 'Clear 4': the library has no back_solar_"),
        ("window", [{**PANE, "front_ir_emissivity": 1.0}], {}, "front_ir_emissivity: 1 is out of"),
        ("window", [{**PANE, "optical_data_type": "Spectral"}], {}, "the library has no spectral data"),
        ("window", [PANE, BRICK], {}, "layer 2, material 'Brick; red', must be a glazing in a window"),
        ("roof", [PANE], {}, "layer 1, glazing 'Clear 4', cannot be in a roof"),
        ("roof", [], {}, "construction 'New' has no layers"),
        ("roof", [BRICK] * 11, {}, "has 11 layers, more than the 10 of EnergyPlus"),
        ("window", [PANE] * 5, {}, "has 5 layers, more than the 4 of EnergyPlus"),
        ("ceiling", [BRICK], {}, "is for 'ceiling', which is none of wall, roof, floor, window"),
        ("wall", [BRICK], {"gwp_kgco2e_per_m2": None}, "construction 'New': the library has no gwp_kgco2e_per_m2"),
        ("wall", [BRICK], {"cost_sek_per_m2": "NaN"}, "the library has no cost_sek_per_m2 but 'NaN'"),
    ],
)
def test_what_the_library_lacks_is_named(
    element: str, rows: list[dict[str, Any]], values: dict[str, Any], said: str
) -> None:
    with pytest.raises(Rejected) as refused:
        read(element, rows, **values)

    assert said in str(refused.value)


def test_everything_that_is_lacking_is_named_at_once() -> None:
    with pytest.raises(Rejected) as refused:
        read("wall", [{**BRICK, "thickness_m": None, "density_kg_m3": None}], cost_sek_per_m2=None)

    assert len(refused.value.findings) == 3


EIO = """! <HeatTransfer Surface>,Surface Name,Surface Class,Base Surface,Heat Transfer Algorithm,Construction
HeatTransfer Surface,SOUTH,Wall,,CTF - ConductionTransferFunction,WALL Å,0.337,0.321,,27.00
HeatTransfer Surface,ROOF,Roof,,CTF - ConductionTransferFunction,WALL Å,0.337,0.311,,27.00
HeatTransfer Surface,PANE,Window,SOUTH,Window5 Detailed Fenestration,GLASS,N/A,2.685,No,3.00
HeatTransfer Surface,ODD,Wall
"""


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"Wall Å": 0.3, "Glass": 2.5}, []),
        ({"Wall Å": 0.28}, ["0.321 W/m2K with air films, on surface SOUTH; the library says 0.28 W/m2K"]),
        ({"Wall Å": 0.36}, ["0.311 W/m2K with air films, on surface ROOF; the library says 0.36 W/m2K"]),
        ({"Glass": 1.1, "Gone": 1.0}, ["2.685 W/m2K", "Construction 'Gone': EnergyPlus printed no U-value"]),
    ],
)
def test_a_u_value_that_differs_by_more_than_a_tenth_is_a_warning(
    tmp_path: Path, expected: dict[str, float], said: list[str]
) -> None:
    (tmp_path / "eplusout.eio").write_text(EIO)

    warnings = u_value_warnings(tmp_path / "eplusout.eio", expected)

    assert len(warnings) == len(said)
    assert all(text in warning for text, warning in zip(said, warnings, strict=True))


def test_a_gap_is_stored_as_a_layer() -> None:
    assembly = read("window", [PANE] * 3)

    assert [layer.name for layer in assembly.layers] == ["Clear 4", "Air gap 12 mm"] * 2 + ["Clear 4"]
    assert assembly.layers[1] == GAP == AssemblyLayer(GAP.name, "WindowMaterial:Gas", GAP.fields)
