"""What a parameter changes in a model, and which parameters are refused."""

from pathlib import Path

import pytest

from shared.energyplus.preparation.prepare import Parameter, Preparation, PreparationError, Prepared, prepare
from tests.models import ENGINE_VERSION

MODEL = """\
Version, 25.2;
Lights, Lights [north], North, Always, Watts/Area, , 10;
Lights, Lights [south], South, Always, LightingLevel, 500;
ElectricEquipment, Plugs, North, Always, , 300;
HotWaterEquipment, Kettle, North, Always, Power/Area, , 2;
Coil:Heating:Fuel, Coil, , NaturalGas, 0.8, Autosize;
Timestep, 4;
Building, House, 30;
GlobalGeometryRules, UpperLeftCorner, Counterclockwise, World;
DesignSpecification:OutdoorAir, Fresh air, Sum, 0.01, 0.0003;
"""


def change(directory: Path, *parameters: Parameter) -> Prepared:
    model = directory / "model.idf"
    model.write_text(MODEL)
    work = directory / "work"
    work.mkdir()
    return prepare(model, work, Preparation(parameters=parameters), version=ENGINE_VERSION)


@pytest.mark.parametrize(
    ("parameter", "line"),
    [
        (
            Parameter("Lights", "Lights [north]", "Watts per Floor Area", "scale", 1.5),
            "Lights 'Lights [north]': watts_per_floor_area changed from 10 to 15",
        ),
        (
            Parameter("lights", "LIGHTS*NORTH*", "watts_per_floor_area", "set", 12),
            "Lights 'Lights [north]': watts_per_floor_area changed from 10 to 12",
        ),
        (
            Parameter("Lights", "Lights [north]", "Watts per Zone Floor Area", "set", "12.5"),
            "Lights 'Lights [north]': watts_per_floor_area changed from 10 to 12.5",
        ),
        (
            Parameter("ElectricEquipment", "Plugs", "Design Level", "scale", 2),
            "ElectricEquipment 'Plugs': design_level changed from 300 to 600",
        ),
        (
            Parameter("HotWaterEquipment", "*", "Power per Floor Area", "scale", 2),
            "HotWaterEquipment 'Kettle': power_per_floor_area changed from 2 to 4",
        ),
        (
            Parameter("Coil:Heating:Fuel", "Coil", "Nominal Capacity", "set", 5000),
            "Coil:Heating:Fuel 'Coil': nominal_capacity changed from Autosize to 5000",
        ),
        (
            Parameter("Lights", "Lights [north]", "Watts per Floor Area", "add", -2.5),
            "Lights 'Lights [north]': watts_per_floor_area changed from 10 to 7.5",
        ),
        (
            Parameter("Timestep", "*", "Number of Timesteps per Hour", "set", 6),
            "Timestep: number_of_timesteps_per_hour changed from 4 to 6",
        ),
        (
            Parameter("DesignSpecification:OutdoorAir", "*", "Outdoor Air Flow per Zone Floor Area", "scale", 2),
            "DesignSpecification:OutdoorAir 'Fresh air': outdoor_air_flow_per_zone_floor_area "
            "changed from 0.0003 to 0.0006",
        ),
    ],
)
def test_a_parameter_is_applied_and_told_in_one_line(tmp_path: Path, parameter: Parameter, line: str) -> None:
    assert change(tmp_path, parameter).changes[0] == line


@pytest.mark.parametrize(
    "rules",
    [
        "GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative;",
        # Rectangles have coordinates of their own.
        "GlobalGeometryRules, UpperLeftCorner, Counterclockwise, World; Wall:Exterior, W, C, Z, , 0, 90, 0, 0, 0, 4;",
    ],
)
def test_a_building_with_coordinates_of_its_own_is_turned(tmp_path: Path, rules: str) -> None:
    model = tmp_path / "model.idf"
    model.write_text(f"Version, 25.2;\nBuilding, House, 30;\n{rules}")
    turned = Preparation(parameters=(Parameter("Building", "*", "North Axis", "add", 60),))

    changes = prepare(model, tmp_path, turned, version=ENGINE_VERSION).changes

    assert changes[0] == "Building 'House': north_axis changed from 30 to 90"


def test_parameters_are_applied_in_their_order(tmp_path: Path) -> None:
    result = change(
        tmp_path,
        Parameter("Lights", "Lights [south]", "Design Level Calculation Method", "set", "Watts/Area"),
        Parameter("Lights", "*", "Watts per Floor Area", "set", 8),
    )

    assert [line.rpartition(" ")[2] for line in result.changes[:3]] == ["Watts/Area", "8", "8"]


@pytest.mark.parametrize(
    ("parameter", "reason"),
    [
        (Parameter("Lightz", "*", "x", "set", 1), "no EnergyPlus class 'Lightz'; did you mean Lights"),
        (Parameter("Lights", "*north*", "Watts per Floor Area", "halve", 1), "no mode 'halve', only set, scale, add"),
        (Parameter("Lights", "*", "Watts", "set", 1), "Lights has no field 'Watts'"),
        (Parameter("Lights", "*", "Wats per Floor Area", "set", 1), "did you mean watts_per_floor_area"),
        (
            Parameter("Lights", "Lights south", "Lighting Level", "set", 1),
            r"did you mean Lights .south. or Lights .north",
        ),
        (
            Parameter("Lights", "*north*", "Fraction Radiant", "set", 1.5),
            "1.5 is out of range; .* at least 0 and at most 1",
        ),
        (
            Parameter("Lights", "*north*", "Watts per Floor Area", "scale", -1),
            "-10 is out of range; .* at least 0 W/m2",
        ),
        (Parameter("Lights", "*north*", "Watts per Floor Area", "add", -11), "-1 is out of range; .* at least 0 W/m2"),
        (Parameter("Coil:Heating:Fuel", "*", "Nominal Capacity", "add", 1), "is Autosize, which cannot be increased"),
        (Parameter("Building", "*", "North Axis", "set", 90), "has no effect, because coordinate_system .* is World"),
        (Parameter("Lights", "Lamps", "Watts per Floor Area", "set", 1), "The model has no Lights named 'Lamps'"),
        (Parameter("Fan:OnOff", "*", "Pressure Rise", "set", 1), "The model has no Fan:OnOff named"),
        (Parameter("Lights", "*", "Name", "set", "x"), "name is no parameter"),
        (Parameter("Coil:Heating:Fuel", "*", "Nominal Capacity", "scale", 1.1), "is Autosize, which cannot be scaled"),
        (Parameter("Lights", "*north*", "Lighting Level", "set", 1), "not used, because .* is Watts/Area"),
        (Parameter("Lights", "*south*", "Watts per Floor Area", "scale", 2), "change lighting_level instead"),
        (Parameter("ElectricEquipment", "*", "Watts per Floor Area", "set", 2), "is empty; change design_level"),
        (Parameter("Lights", "*north*", "Return Air Fraction", "scale", 2), "is empty, which cannot be scaled"),
        (Parameter("Lights", "*north*", "Schedule Name", "scale", 2), "no number to be scaled"),
        (Parameter("Lights", "*north*", "Watts per Floor Area", "scale", "2"), "cannot be scaled by '2'"),
        (Parameter("Lights", "*north*", "Watts per Floor Area", "set", "many"), "'many' is no number"),
        (Parameter("Lights", "*north*", "Watts per Floor Area", "set", "Autosize"), "'Autosize' is no number"),
        (Parameter("Lights", "*north*", "Watts per Floor Area", "set", float("nan")), "no finite number"),
        (Parameter("Lights", "*", "Design Level Calculation Method", "set", "Watts"), "is none of LightingLevel"),
        (Parameter("Lights", "*north*", "Schedule Name", "set", "A; PythonPlugin:Instance, x"), "has a ';'"),
        (Parameter("Lights", "*north*", "Schedule Name", "set", "A\nZone"), "has a "),
    ],
)
def test_a_parameter_without_effect_or_sense_is_refused_with_the_reason(
    tmp_path: Path, parameter: Parameter, reason: str
) -> None:
    with pytest.raises(PreparationError, match=reason) as refused:
        change(tmp_path, parameter)

    assert refused.value.code == "parameter_refused"
