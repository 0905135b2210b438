"""A scenario of 23 sets of constructions through the whole stack: what each run was given, and what came of it."""

from pathlib import Path
from typing import Any

import pytest

from deploy.local.postgres import OWNER, PostgresServer
from shared.energyplus.building.surfaces import read_surfaces
from shared.energyplus.formats.document import Document, load
from tests import old_shapes
from tests.e2e.box import BOX, PERIOD
from tests.e2e.conftest import CHICAGO, OLD_DATABASE, System
from tests.models import ENGINE_VERSION
from tests.old_library import BRICK, CONCRETE, PANE, WOOL, old_library
from tests.old_shapes import differences

#: A room with a window below an attic: a floor on the ground, outer walls, a roof, and a slab between the two.
HOUSE = (
    BOX.replace(PERIOD, "RunPeriod,P,1,1,,1,1,,Sunday,No,No,No,Yes,Yes;").replace(
        "Roof,Roof,Wall,Room,,Outdoors,,SunExposed,WindExposed", "Slab,Ceiling,Wall,Room,,Zone,Attic,NoSun,NoWind"
    )
    + """
Zone,Attic,0,0,0,0,1,2;
BuildingSurface:Detailed,Top,Roof,Wall,Attic,,Outdoors,,SunExposed,WindExposed,autocalculate,4,0,8,5,0,0,5,10,0,5,10,8,5;
BuildingSurface:Detailed,Up,Wall,Wall,Attic,,Outdoors,,SunExposed,WindExposed,autocalculate,4,0,0,5,0,0,3,10,0,3,10,0,5;
WindowMaterial:SimpleGlazingSystem,Own Pane,2.8,0.6;
Construction,Own Glass,Own Pane;
FenestrationSurface:Detailed,View,Window,Own Glass,South,,autocalculate,,1,4,1,0,2,1,0,1,4,0,1,4,0,2;
"""
)
#: Exterior areas in m2, net of the window and with the attic twice.
AREAS = {"wall": 105 + 2 * 20.0, "roof": 160.0, "floor": 80.0, "window": 3.0}
LAYERS: dict[str, list[Any]] = {
    "Brick wall": [BRICK, WOOL, BRICK],
    "Concrete wall": [CONCRETE, WOOL, CONCRETE],
    "Warm roof": [CONCRETE, WOOL, BRICK],
    "Slab": [BRICK, CONCRETE],
    "Triple": [PANE, None, PANE, None, PANE],
}
OUTSIDE = {"Floor": "floor", "Top": "roof", "View": "window"} | dict.fromkeys(
    ("South", "East", "North", "West", "Up"), "wall"
)


def layers_of(document: Document, name: str) -> list[tuple[Any, ...]]:
    """Thickness and conductivity of each layer of a construction; of a gap its gas."""
    (construction,) = (item for item in document.objects("Construction") if item.name == name)
    fields = ("outside_layer", *(f"layer_{number}" for number in range(2, 11)))
    materials = {
        item.name: item
        for class_name in ("Material", "WindowMaterial:Glazing", "WindowMaterial:Gas")
        for item in document.objects(class_name)
    }
    found = [materials[layer] for field in fields if (layer := construction.get(field))]
    return [(m.get("thickness"), m.get("conductivity") or m.get("gas_type")) for m in found]


def check_prepared(path: Path, chosen: dict[str, str]) -> None:
    """Exterior surfaces of the chosen elements have the library's layers, all others the model's own construction."""
    document, _ = load(path, ENGINE_VERSION)
    for surface in read_surfaces(document):
        element = OUTSIDE.get(surface.item.name, "") if surface.is_exterior else ""
        construction = surface.item.get("construction_name")
        if element not in chosen:
            assert construction == ("Own Glass" if surface.item.name == "View" else "Wall"), surface.item.name
            continue
        layers = LAYERS[chosen[element]]
        expected = [(0.012, "Air") if row is None else (row["thickness_m"], row["conductivity_w_mk"]) for row in layers]
        assert layers_of(document, construction) == expected


def test_every_set_is_simulated_with_the_library_s_constructions(
    system: System, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    postgres_server.create_database(OLD_DATABASE)
    with old_library(postgres_server.url(OLD_DATABASE, OWNER)) as library:
        scenario = library.of_23_sets()
    files = [("idf_files", ("house.idf", HOUSE.encode())), ("weather_file", (CHICAGO.name, CHICAGO.read_bytes()))]

    answer = system.call("POST", "/api/simulation/run/", files=files, data={"scenario_id": scenario})

    assert answer.status_code == 200, answer.text
    simulation = {"id": answer.json()["simulation_id"]}
    assert system.ended(simulation)["counts"]["succeeded"] == 23
    rows = system.get(f"/api/simulation/{simulation['id']}/parallel-results/")
    assert differences(rows, [old_shapes.SET_ROW]) == []
    assert [row["variant_idx"] for row in rows] == list(range(23))
    energies = set()
    for run, row in zip(system.runs(simulation), rows, strict=True):
        detail = system.get(f"/api/v1/runs/{run['id']}")
        chosen = {element: own["name"] for element, own in row["construction_set"].items()}
        assert chosen == run["parameters"]
        (prepared,) = (file for file in detail["files"] if file["name"] == "prepared.idf")
        (tmp_path / "prepared.idf").write_bytes(system.call("GET", prepared["href"]).content)
        check_prepared(tmp_path / "prepared.idf", chosen)
        area = sum(AREAS[element] for element in chosen)
        assert (row["gwp_total"], row["cost_total"]) == (pytest.approx(50.5 * area, abs=0.05), 1200.0 * area)
        energies.add(detail["metrics"]["site_energy_kwh"])
        warned = [message["text"] for message in detail["messages"] if message["text"].startswith("EPSM: Construction")]
        # The library's U-value of this wall is three times that of its layers.
        assert [text for text in warned if "'Concrete wall'" not in text] == []
        assert bool(warned) == (chosen.get("wall") == "Concrete wall")
    assert len(energies) == 23
