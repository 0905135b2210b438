"""Materials and constructions of models."""

from pathlib import Path

from shared.energyplus.building.layers import Construction, Material, read_constructions, read_materials
from shared.energyplus.formats.document import load
from tests.models import ENGINE_VERSION, doe_model

MODEL = """
Material, Brick, Rough, 0.1, 0.9, 1900, 800, , 0.6;
Material:NoMass, Wool, Smooth, 2.5;
Material:AirGap, Gap, 0.18;
WindowMaterial:SimpleGlazingSystem, Pane, 2.7, 0.6;
MaterialProperty:PhaseChange, Brick, 0, -20, 0.1;
Construction, Wall, Brick, Wool, Brick;
Construction, Glass, Pane;
Construction:AirBoundary, Open;
Construction:FfactorGroundFloor, Slab, 0.5, 40, 26;
ConstructionProperty:InternalHeatSource, Source, Wall, 1, 1, 1, 0.1;
"""


def test_materials_have_their_properties_and_defaults(tmp_path: Path) -> None:
    (tmp_path / "a.idf").write_text(MODEL)
    document, _ = load(tmp_path / "a.idf", ENGINE_VERSION)

    found = {material.name: material for material in read_materials(document)}

    assert list(found) == ["Brick", "Gap", "Wool", "Pane"]
    assert found["Brick"] == Material(
        "Brick",
        "Material",
        {
            "thickness": 0.1,
            "conductivity": 0.9,
            "density": 1900.0,
            "specific_heat": 800.0,
            "roughness": "Rough",
            "thermal_absorptance": 0.9,
            "solar_absorptance": 0.6,
            "visible_absorptance": 0.7,
        },
    )
    assert found["Wool"].properties["thickness"] is None
    assert set(found["Pane"].properties.values()) == {None}


def test_constructions_have_their_layers_from_outside(tmp_path: Path) -> None:
    (tmp_path / "a.idf").write_text(MODEL)
    document, _ = load(tmp_path / "a.idf", ENGINE_VERSION)

    assert read_constructions(document) == [
        Construction("Wall", "Construction", ("Brick", "Wool", "Brick")),
        Construction("Glass", "Construction", ("Pane",)),
        Construction("Open", "Construction:AirBoundary", ()),
        Construction("Slab", "Construction:FfactorGroundFloor", ()),
    ]


def test_of_a_doe_model_nothing_is_missing() -> None:
    document, _ = load(doe_model("RefBldgSmallOffice"), ENGINE_VERSION)

    assert len(read_materials(document)) == 17
    assert [construction.layers for construction in read_constructions(document) if construction.key == "EXT-SLAB"] == [
        ("HW CONCRETE", "CP02 CARPET PAD")
    ]
