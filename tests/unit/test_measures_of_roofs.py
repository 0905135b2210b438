"""Photovoltaics: how large they are, what they are connected to, and what is refused."""

import pytest

from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.models import tower
from tests.unit.measuring import applied, document, refused

SKYLIGHT = "FenestrationSurface:Detailed,Skylight,Window,W,Zone 0 1,,,,1,4,1,1,3,3,1,3,3,3,3,1,3,3;\n"


@pytest.mark.parametrize(("kind", "watts"), [({}, 7500), ({"module_type": "Premium"}, 9500)])
def test_modules_cover_the_share_of_each_roof(kind: dict[str, str], watts: float) -> None:
    model = document(tower(2))

    done = apply_measure(model, MeasureRequest("photovoltaics", 0.5, kind))

    modules = model.objects("Generator:PVWatts")
    assert [(item.get("surface_name"), item.get("dc_system_capacity")) for item in modules] == [
        ("Zone 0 1", pytest.approx(watts)),
        ("Zone 1 1", pytest.approx(watts)),
    ]
    assert done.changed[0] == (f"Generator:PVWatts 'Roof photovoltaics Zone 0 1': added, {watts} W on 0.5 of 100 m2")


def test_skylights_are_not_covered_and_multipliers_count() -> None:
    model = document(tower(1).replace("Zone,Zone 0,0,0,0,0;", "Zone,Zone 0,0,0,0,0,1,3;") + SKYLIGHT)

    apply_measure(model, MeasureRequest("photovoltaics", 1))

    (modules,) = model.objects("Generator:PVWatts")
    assert modules.get("dc_system_capacity") == pytest.approx((100 - 4) * 3 * 150)


def test_modules_inverter_and_distribution_are_connected() -> None:
    model = document(tower(1))

    apply_measure(model, MeasureRequest("photovoltaics", 1))

    (distribution,) = model.objects("ElectricLoadCenter:Distribution")
    (generators,) = model.objects("ElectricLoadCenter:Generators")
    (inverter,) = model.objects("ElectricLoadCenter:Inverter:PVWatts")
    (modules,) = model.objects("Generator:PVWatts")
    assert distribution.get("generator_list_name") == generators.name
    assert distribution.get("inverter_name") == inverter.name
    assert generators.groups()[0][:2] == [modules.name, "Generator:PVWatts"]


def test_a_roof_in_the_shade_is_left() -> None:
    shaded = tower(2).replace("Zone 1 1,Roof,C,Zone 1,,Outdoors,,SunExposed", "Zone 1 1,Roof,C,Zone 1,,Outdoors,,NoSun")

    done = applied(shaded, "photovoltaics", 0.5)

    assert len([line for line in done.changed if line.startswith("Generator:PVWatts")]) == 1
    (left,) = done.left
    assert left.endswith("'Zone 1 1' is not exposed to the sun")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Zone, Z;", "the model has no roof that is exposed to the sun"),
        (
            tower(1) + "ElectricLoadCenter:Distribution, Mine;",
            "ElectricLoadCenter:Distribution 'Mine' distributes what is generated already",
        ),
    ],
)
def test_it_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert refused(text, "photovoltaics", 0.5) == reason
