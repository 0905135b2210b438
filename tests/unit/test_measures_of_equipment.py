"""Efficiencies: which fields they change, up to what, and what is refused."""

import pytest

from shared.energyplus.formats.schema import schema_of
from shared.energyplus.measures.efficiency import COOLING_RATINGS, HEATING_RATINGS, OTHER_COOLING, OTHER_HEATING
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.models import ENGINE_VERSION
from tests.unit.measuring import applied, one, refused


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
        ("HeatPump:AirToWater:FuelFired:Cooling", {}, ["nominal_cop changed from 1 to 1.2"]),
        (
            "ChillerHeaterPerformance:Electric:EIR",
            {"reference_cooling_mode_cop": 5},
            ["reference_cooling_mode_cop changed from 5 to 6"],
        ),
    ],
)
def test_the_rated_cop_is_multiplied_at_every_speed(
    class_name: str, fields: dict[str, object], changed: list[str]
) -> None:
    done = apply_measure(one(class_name, **fields), MeasureRequest("cooling_efficiency", 1.2))

    assert list(done.changed) == [f"{class_name} 'X': {line}" for line in changed]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Coil:Heating:Fuel, C,, NaturalGas, 0.9;",
            "burner_efficiency would change from 0.9 to 1.08, and 1 is the most",
        ),
        (
            "Boiler:HotWater, C, NaturalGas, autosize, 0.95;",
            "nominal_thermal_efficiency would change from 0.95 to 1.14, and 1 is the most",
        ),
        # What a model has already may stay.
        (
            "Boiler:HotWater, C, NaturalGas, autosize, 1.04;",
            "nominal_thermal_efficiency would change from 1.04 to 1.248, and 1.04 is the most",
        ),
    ],
)
def test_what_burns_is_no_more_efficient_than_its_fuel(text: str, said: str) -> None:
    assert f"'C': {said}" in refused(text, "heating_efficiency", 1.2)
    assert applied(text, "heating_efficiency", 1).changed
    assert applied(text, "heating_efficiency", 0.8).changed


def test_the_refusal_names_the_largest_factor_that_the_whole_model_can_have() -> None:
    boilers = "".join(f"Boiler:HotWater, B{value}, NaturalGas, autosize, 0.{value};" for value in (95, 9, 97, 5))
    text = boilers + "Coil:Heating:DX:SingleSpeed, HP,, autosize, 3;"

    said = refused(text, "heating_efficiency", 1.2)

    assert "'B97'" in said
    assert said.endswith("; the largest factor that the model can have is 1.0309")
    assert len(applied(text, "heating_efficiency", 1.0309).changed) == 5


@pytest.mark.parametrize("factor", [1.5, 0.5])
def test_a_heat_pump_is_changed_and_its_resistance_heater_left(factor: float) -> None:
    text = "Coil:Heating:DX:SingleSpeed, HP,,, 3; Coil:Heating:Electric, Back-up,, 1, autosize;"
    text += "Boiler:HotWater, Wires, Electricity, autosize, 1;"

    # The third field of the heat pump is its capacity, and the fourth its COP.
    done = applied(text.replace("HP,,, 3", "HP,, autosize, 3"), "heating_efficiency", factor)

    stays = "stays 1, it turns all of its electricity into heat already"
    assert done.changed == (
        f"Coil:Heating:DX:SingleSpeed 'HP': gross_rated_heating_cop changed from 3 to {3 * factor:g}",
    )
    assert done.left == (
        f"Boiler:HotWater 'Wires': nominal_thermal_efficiency {stays}",
        f"Coil:Heating:Electric 'Back-up': efficiency {stays}",
    )


@pytest.mark.parametrize(
    ("class_name", "fields", "changed"),
    [
        (
            "ZoneHVAC:HighTemperatureRadiant",
            {"fuel_type": "NaturalGas", "combustion_efficiency": 0.8},
            ["combustion_efficiency changed from 0.8 to 0.88"],
        ),
        ("Coil:Heating:Electric", {"efficiency": 0.8}, ["efficiency changed from 0.8 to 0.88"]),
        (
            "Coil:Heating:Electric:MultiStage",
            {"number_of_stages": 2, "stage_1_efficiency": 0.5, "stage_2_efficiency": 0.8, "stage_3_efficiency": 0.1},
            ["stage_1_efficiency changed from 0.5 to 0.55", "stage_2_efficiency changed from 0.8 to 0.88"],
        ),
        ("ZoneHVAC:Baseboard:Convective:Electric", {"efficiency": 0.5}, ["efficiency changed from 0.5 to 0.55"]),
        (
            "ZoneHVAC:Baseboard:RadiantConvective:Electric",
            {"efficiency": 0.5},
            ["efficiency changed from 0.5 to 0.55"],
        ),
        ("HeatPump:AirToWater:FuelFired:Heating", {"nominal_cop": 2}, ["nominal_cop changed from 2 to 2.2"]),
    ],
)
def test_the_efficiency_of_what_heats_is_multiplied(
    class_name: str, fields: dict[str, object], changed: list[str]
) -> None:
    done = apply_measure(one(class_name, **fields), MeasureRequest("heating_efficiency", 1.1))

    assert list(done.changed) == [f"{class_name} 'X': {line}" for line in changed]


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
        ("EvaporativeCooler:Direct:CelDekPad, E;", "cooling_efficiency", "'E' is not changed by this measure"),
        ("Chiller:Absorption, A;", "cooling_efficiency", "Chiller:Absorption 'A' is not changed by this measure"),
        (
            "Coil:DX:ASHRAE205:Performance, P;",
            "cooling_efficiency",
            "Coil:DX:ASHRAE205:Performance 'P' is not changed by this measure",
        ),
        (
            "ZoneHVAC:LowTemperatureRadiant:Electric, R;",
            "heating_efficiency",
            "ZoneHVAC:LowTemperatureRadiant:Electric 'R' turns all of its electricity into heat already",
        ),
        (
            "ZoneHVAC:HighTemperatureRadiant, R,, Z, HeatingDesignCapacity, autosize,,, Electricity, 0.8;",
            "heating_efficiency",
            "ZoneHVAC:HighTemperatureRadiant 'R' turns all of its electricity into heat already",
        ),
        (
            "Boiler:HotWater, B, NaturalGas, autosize, 1;",
            "heating_efficiency",
            "Boiler:HotWater 'B': nominal_thermal_efficiency would change from 1 to 1.25, and 1 is the most",
        ),
        ("Coil:Heating:Electric, E;", "heating_efficiency", "turns all of its electricity into heat already"),
        ("Chiller:Electric:EIR, C;", "cooling_efficiency", "reference_cop is empty, which cannot be multiplied"),
        *(
            ("HVACTemplate:System:VAV, V; Fan:OnOff, F;", measure, "HVACTemplate:System:VAV 'V' is a template")
            for measure in ("cooling_efficiency", "heating_efficiency", "fan_efficiency")
        ),
        ("HVACTemplate:Zone:IdealLoadsAirSystem, Z;", "cooling_efficiency", "it delivers what the zone needs"),
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
