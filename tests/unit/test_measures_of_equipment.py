"""Efficiencies and orientation: which fields they change, up to what, and what is refused."""

import pytest

from shared.energyplus.formats.document import Document
from shared.energyplus.formats.schema import schema_of
from shared.energyplus.measures.efficiency import COOLING_RATINGS, HEATING_RATINGS, OTHER_COOLING, OTHER_HEATING
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.models import ENGINE_VERSION
from tests.unit.measuring import applied, document, refused


def model(class_name: str, **fields: object) -> Document:
    """A model with one object."""
    made = document("Version, 25.2;")
    made.add(class_name, "X", **fields)
    return made


@pytest.mark.parametrize(
    ("class_name", "fields", "changed"),
    [
        (
            "Coil:Cooling:DX:SingleSpeed",
            {"gross_rated_cooling_cop": 3.5},
            ["gross_rated_cooling_cop changed from 3.5 to 4.2"],
        ),
        ("Coil:Cooling:DX:SingleSpeed", {}, ["gross_rated_cooling_cop changed from 3 to 3.6"]),
        (
            "Coil:Cooling:DX:TwoSpeed",
            {"high_speed_gross_rated_cooling_cop": 3, "low_speed_gross_rated_cooling_cop": 4},
            [
                "high_speed_gross_rated_cooling_cop changed from 3 to 3.6",
                "low_speed_gross_rated_cooling_cop changed from 4 to 4.8",
            ],
        ),
        (
            "Coil:Cooling:DX:MultiSpeed",
            {"number_of_speeds": 2, **{f"speed_{n}_gross_rated_cooling_cop": 3 for n in (1, 2, 3)}},
            [f"speed_{n}_gross_rated_cooling_cop changed from 3 to 3.6" for n in (1, 2)],
        ),
        ("Coil:Cooling:DX:CurveFit:Speed", {"gross_cooling_cop": 5}, ["gross_cooling_cop changed from 5 to 6"]),
        (
            "Coil:Cooling:WaterToAirHeatPump:EquationFit",
            {"gross_rated_cooling_cop": 5},
            ["gross_rated_cooling_cop changed from 5 to 6"],
        ),
        ("Chiller:Electric:EIR", {"reference_cop": 5}, ["reference_cop changed from 5 to 6"]),
        ("Chiller:Electric", {"nominal_cop": 5}, ["nominal_cop changed from 5 to 6"]),
    ],
)
def test_the_rated_cop_is_multiplied_at_every_speed(
    class_name: str, fields: dict[str, object], changed: list[str]
) -> None:
    done = apply_measure(model(class_name, **fields), MeasureRequest("cooling_efficiency", 1.2))

    assert list(done.changed) == [f"{class_name} 'X': {line}" for line in changed]


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Coil:Heating:Fuel, C,, NaturalGas, 0.8;", "burner_efficiency changed from 0.8 to 0.96"),
        (
            "Coil:Heating:Fuel, C,, NaturalGas, 0.9;",
            "burner_efficiency changed from 0.9 to 1, the most that it can be, instead of 1.08",
        ),
        (
            "Boiler:HotWater, C, NaturalGas, autosize, 0.95;",
            "nominal_thermal_efficiency changed from 0.95 to 1, the most that it can be, instead of 1.14",
        ),
    ],
)
def test_what_burns_is_no_more_efficient_than_its_fuel(text: str, changed: str) -> None:
    (line,) = applied(text, "heating_efficiency", 1.2).changed

    assert line.endswith(f"'C': {changed}")


def test_a_heat_pump_is_changed_and_its_resistance_heater_left() -> None:
    text = "Coil:Heating:DX:SingleSpeed, HP,,, 3; Coil:Heating:Electric, Back-up,, 1, autosize;"

    # The third field of the heat pump is its capacity, and the fourth its COP.
    done = applied(text.replace("HP,,, 3", "HP,, autosize, 3"), "heating_efficiency", 1.5)

    assert done.changed == ("Coil:Heating:DX:SingleSpeed 'HP': gross_rated_heating_cop changed from 3 to 4.5",)
    assert done.left == ("Coil:Heating:Electric 'Back-up' turns all of its electricity into heat already",)


@pytest.mark.parametrize(
    ("text", "measure", "reason"),
    [
        ("Zone, Z;", "cooling_efficiency", "the model has no cooling equipment with a rated efficiency"),
        ("DistrictCooling, D;", "cooling_efficiency", "DistrictCooling 'D' has no efficiency: the energy is bought"),
        ("DistrictHeating:Water, D;", "heating_efficiency", "DistrictHeating:Water 'D' has no efficiency"),
        (
            "ZoneHVAC:IdealLoadsAirSystem, I;",
            "cooling_efficiency",
            "ZoneHVAC:IdealLoadsAirSystem 'I' has no efficiency: it delivers what the zone needs",
        ),
        ("ZoneHVAC:IdealLoadsAirSystem, I;", "heating_efficiency", "it delivers what the zone needs"),
        ("Chiller:Absorption, A;", "cooling_efficiency", "has no rated efficiency that could be multiplied"),
        ("Coil:Heating:Electric, E;", "heating_efficiency", "turns all of its electricity into heat already"),
        ("Chiller:Electric:EIR, C;", "cooling_efficiency", "reference_cop is empty, which cannot be multiplied"),
        *(
            ("HVACTemplate:System:VAV, V; Fan:OnOff, F;", measure, "HVACTemplate:System:VAV 'V' is a template")
            for measure in ("cooling_efficiency", "heating_efficiency", "fan_efficiency")
        ),
        ("HVACTemplate:Zone:IdealLoadsAirSystem, Z;", "cooling_efficiency", "it delivers what the zone needs"),
        ("Zone, Z;", "fan_efficiency", "the model has no fan"),
        ("Fan:SystemModel, F,,,,,,,,,,, Guess;", "fan_efficiency", "design_power_sizing_method is 'GUESS'"),
        ("Zone, Z;", "orientation", "the model has no Building"),
        (
            "Building, B; GlobalGeometryRules, UpperLeftCorner, Counterclockwise, World;",
            "orientation",
            "GlobalGeometryRules: coordinate_system is World",
        ),
        (
            "Building, B; GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative, World;"
            "Daylighting:ReferencePoint, P;",
            "orientation",
            "daylighting_reference_point_coordinate_system is World",
        ),
    ],
)
def test_it_is_refused_with_the_reason(text: str, measure: str, reason: str) -> None:
    assert reason in refused(text, measure, 1.25)


def test_all_ratings_are_fields_of_the_engine() -> None:
    schema = schema_of(ENGINE_VERSION)
    assert schema is not None
    for class_name, rating in (COOLING_RATINGS | HEATING_RATINGS).items():
        known = schema.get_all_field_names(class_name)
        assert {field.format(1) for field in rating.fields} <= set(known), class_name
        assert not rating.speeds or rating.speeds in known
    assert all(schema.get_object_schema(class_name) for class_name in OTHER_COOLING | OTHER_HEATING)


@pytest.mark.parametrize(
    ("class_name", "fields", "changed"),
    [
        ("Fan:OnOff", {"fan_total_efficiency": 0.5}, "fan_total_efficiency changed from 0.5 to 0.625"),
        (
            "Fan:VariableVolume",
            {"fan_total_efficiency": 0.8, "motor_efficiency": 0.93},
            "fan_total_efficiency changed from 0.8 to 0.93, the most that it can be, instead of 1",
        ),
        ("Fan:ZoneExhaust", {"fan_total_efficiency": 0.5}, "fan_total_efficiency changed from 0.5 to 0.625"),
        (
            "Fan:SystemModel",
            {"design_power_sizing_method": "TotalEfficiencyAndPressure", "fan_total_efficiency": 0.5},
            "fan_total_efficiency changed from 0.5 to 0.625",
        ),
        (
            "Fan:SystemModel",
            {"design_power_sizing_method": "PowerPerFlow", "electric_power_per_unit_flow_rate": 1000},
            "electric_power_per_unit_flow_rate changed from 1000 to 800",
        ),
        ("Fan:SystemModel", {}, "electric_power_per_unit_flow_rate_per_unit_pressure changed from 1.66667 to 1.333336"),
        (
            "Fan:SystemModel",
            {"design_electric_power_consumption": 500, "fan_total_efficiency": 0.5},
            "design_electric_power_consumption changed from 500 to 400",
        ),
    ],
)
def test_a_fan_is_changed_by_the_field_that_its_power_comes_from(
    class_name: str, fields: dict[str, object], changed: str
) -> None:
    done = apply_measure(model(class_name, **fields), MeasureRequest("fan_efficiency", 1.25))

    assert done.changed == (f"{class_name} 'X': {changed}",)


def test_a_fan_of_components_is_left() -> None:
    made = model("Fan:OnOff", fan_total_efficiency=0.5)
    made.add("Fan:ComponentModel", "C")

    (left,) = apply_measure(made, MeasureRequest("fan_efficiency", 1.25)).left

    assert left.startswith("Fan:ComponentModel 'C'")


def test_the_north_axis_is_added_to() -> None:
    text = "Building, B, -90; GlobalGeometryRules, UpperLeftCorner, Counterclockwise, Relative, World;"

    done = applied(text + "Shading:Site:Detailed, Hill;", "orientation", 45)

    assert done.changed == ("Building 'B': north_axis changed from -90 to -45",)
    assert done.left == ("Shading:Site:Detailed 'Hill' stays where it is",)
