"""Set-points: copies of schedules of every kind, who keeps the originals, and what is refused."""

import json

import pytest

from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.unit.measuring import applied, document, epjson, refused
from tests.unit.thermostats import COOL, DUAL, HEAT, YEAR


def test_the_thermostat_gets_a_copy_and_everybody_else_keeps_the_schedule() -> None:
    other = (
        "SetpointManager:Scheduled, Air, Temperature, Cool, Node;\n"
        "EnergyManagementSystem:Sensor, S, Cool, Schedule Value;"
    )
    model = document(DUAL + HEAT + COOL + other)

    done = apply_measure(model, MeasureRequest("cooling_setpoint", 1.5))

    assert done.changed == (
        "ThermostatSetpoint:DualSetpoint 'Dual': cooling_setpoint_temperature_schedule_name changed from 'Cool' to its "
        "copy 'Cool +1.5 K'",
    )
    assert done.left == (
        "EnergyManagementSystem:Sensor 'S' goes on using schedule 'Cool'",
        "SetpointManager:Scheduled 'Air' goes on using schedule 'Cool'",
    )
    assert [(s.name, s.get("hourly_value")) for s in model.objects("Schedule:Constant")] == [
        ("Cool", 24),
        ("Cool +1.5 K", 25.5),
    ]
    assert HEAT in model.text()


def test_numbers_of_a_compact_schedule_are_shifted_and_nothing_else() -> None:
    model = document(DUAL + HEAT + COOL)

    apply_measure(model, MeasureRequest("heating_setpoint", -1))

    original, copy = model.objects("Schedule:Compact")
    assert copy.name == "Heat -1 K"
    assert copy.get("schedule_type_limits_name") == "Temperature"
    pairs = zip(original.groups(), copy.groups(), strict=True)
    assert [new if new == old else (old, new) for [old], [new] in pairs] == [
        "Through: 12/31",
        "For: Weekdays WinterDesignDay",
        "Until: 7:00",
        (15, 14),
        "Until: 24:00",
        (21, 20),
        "For: AllOtherDays",
        "Until: 24:00",
        (15, 14),
    ]


def test_weeks_and_days_of_a_year_are_copied_once_each() -> None:
    model = document(DUAL + "ThermostatSetpoint:SingleCooling, One, Cool;" + HEAT + YEAR)

    done = apply_measure(model, MeasureRequest("cooling_setpoint", 1))

    assert len(done.changed) == 2
    copies = {
        class_name: [item.name for item in model.objects(class_name)][1:]
        for class_name in sorted(model.classes())
        if class_name.startswith("Schedule:") and class_name != "Schedule:Compact"
    }
    assert copies == {
        "Schedule:Day:Hourly": ["Hours +1 K"],
        "Schedule:Day:Interval": ["Steps +1 K"],
        "Schedule:Day:List": ["Listed +1 K"],
        "Schedule:Week:Compact": ["Summer +1 K"],
        "Schedule:Week:Daily": ["Winter +1 K"],
        "Schedule:Year": ["Cool +1 K"],
    }
    year, hours = model.objects("Schedule:Year")[1], model.objects("Schedule:Day:Hourly")[1]
    assert year.groups() == [["Summer +1 K", 1, 1, 6, 30], ["Winter +1 K", 7, 1, 12, 31]]
    assert (hours.get("hour_1"), hours.get("hour_24")) == (24, 25)
    assert model.objects("Schedule:Day:List")[1].groups() == [[25], [26]]
    assert model.objects("Schedule:Day:Interval")[1].groups() == [["12:00", 27], ["24:00", 25]]


def test_a_copy_takes_no_name_that_is_there() -> None:
    model = document(DUAL + HEAT + COOL + "Schedule:File, COOL +1 K, Temperature, a.csv, 1, 0;")

    (line,) = apply_measure(model, MeasureRequest("cooling_setpoint", 1)).changed

    assert line.endswith("'Cool +1 K #2'")


def test_epjson_is_changed_alike() -> None:
    model = epjson(
        json.dumps(
            {
                "ThermostatSetpoint:SingleHeating": {"One": {"setpoint_temperature_schedule_name": "Heat"}},
                "ZoneControl:Thermostat": {
                    "Zone": {
                        "control_1_object_type": "ThermostatSetpoint:SingleHeating",
                        "control_1_name": "One",
                    }
                },
                "Schedule:Compact": {
                    "Heat": {
                        "data": [
                            {"field": "Through: 12/31"},
                            {"field": "For: AllDays"},
                            {"field": "Until: 24:00"},
                            {"field": 0},
                        ]
                    }
                },
            }
        )
    )

    apply_measure(model, MeasureRequest("heating_setpoint", 2))

    copy = model.objects("Schedule:Compact")[1]
    assert copy.name == "Heat +2 K"
    assert copy.groups() == [["Through: 12/31"], ["For: AllDays"], ["Until: 24:00"], [2]]


def test_a_thermostat_that_controls_no_zone_is_left() -> None:
    text = DUAL + HEAT + COOL + "ThermostatSetpoint:SingleCooling, Spare, Cool;"

    done = applied(text, "cooling_setpoint", 1)

    assert len(done.changed) == 1
    assert done.left == (
        "ThermostatSetpoint:SingleCooling 'Spare' is used by no ZoneControl:Thermostat",
        "ThermostatSetpoint:SingleCooling 'Spare' goes on using schedule 'Cool'",
    )


def test_an_actuator_that_no_program_uses_sets_no_schedule() -> None:
    actuator = "EnergyManagementSystem:Actuator, A, Cool, Schedule:Constant, Schedule Value;"

    assert applied(DUAL + HEAT + COOL + actuator, "cooling_setpoint", 1).changed


def test_equipment_with_the_schedule_of_the_thermostats_is_named_once() -> None:
    made = document(DUAL + HEAT + COOL)
    panel = {"cooling_control_temperature_schedule_name": "COOL"}
    made.add("ZoneHVAC:CoolingPanel:RadiantConvective:Water", "P", **panel)

    left = apply_measure(made, MeasureRequest("cooling_setpoint", 1)).left

    assert left == ("ZoneHVAC:CoolingPanel:RadiantConvective:Water 'P' goes on using schedule 'COOL'",)


@pytest.mark.parametrize("measure", ["heating_setpoint", "cooling_setpoint"])
def test_radiant_equipment_with_set_points_of_its_own_is_named(measure: str) -> None:
    made = document(DUAL + HEAT + COOL)
    side = measure.removesuffix("_setpoint")
    both = {
        "ZoneHVAC:LowTemperatureRadiant:VariableFlow:Design": "{}_control_temperature_schedule_name",
        "ZoneHVAC:LowTemperatureRadiant:ConstantFlow": "{}_high_control_temperature_schedule_name",
        "ZoneHVAC:VentilatedSlab": "{}_high_control_temperature_schedule_name",
    }
    only = {
        "heating": {
            "ZoneHVAC:LowTemperatureRadiant:Electric": "heating_setpoint_temperature_schedule_name",
            "ZoneHVAC:HighTemperatureRadiant": "heating_setpoint_temperature_schedule_name",
        },
        "cooling": {"ZoneHVAC:CoolingPanel:RadiantConvective:Water": "cooling_control_temperature_schedule_name"},
    }
    for class_name, field in (both | only["heating"] | only["cooling"]).items():
        made.add(class_name, "R", **{field.format(side): "Own"})

    left = apply_measure(made, MeasureRequest(measure, 0.5)).left

    assert left == tuple(
        f"{class_name} 'R' has {side} set-points of its own, schedule 'Own'" for class_name in both | only[side]
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Zone, Z;", "the model has no ThermostatSetpoint:DualSetpoint and no ThermostatSetpoint:SingleCooling"),
        (
            DUAL.replace("Dual,", "Spare,") + HEAT + COOL,
            "ThermostatSetpoint:DualSetpoint 'Spare' is used by no ZoneControl:Thermostat",
        ),
        (
            DUAL + HEAT + "Schedule:File, Cool, Temperature, a.csv, 1, 0;",
            "Schedule:File 'Cool' of ThermostatSetpoint:DualSetpoint 'Dual' has its numbers outside of the model",
        ),
        (DUAL + HEAT, "ThermostatSetpoint:DualSetpoint 'Dual': there is no schedule 'Cool'"),
        (DUAL + HEAT + "Schedule:Year, Cool, T, Gone, 1, 1, 12, 31;", "there is no schedule 'Gone'"),
        (
            DUAL + HEAT + COOL + "EnergyManagementSystem:Actuator, A, HEAT, Schedule:Compact, Schedule Value;"
            "EnergyManagementSystem:Program, P, SET A = 3;",
            "Program 'P' also sets the Schedule Value of 'HEAT'; it would not set a shifted copy",
        ),
        (
            DUAL + HEAT + COOL + "EnergyManagementSystem:Actuator, A, Z, Zone Temperature Control, Cooling Setpoint;"
            "EnergyManagementSystem:Program, P, SET A = 3;",
            "also sets the Cooling Setpoint of 'Z'",
        ),
        (
            DUAL + HEAT + COOL + "ThermostatSetpoint:SingleHeatingOrCooling, Both, Cool;",
            "ThermostatSetpoint:SingleHeatingOrCooling 'Both' has set-points",
        ),
        (DUAL + HEAT + COOL + "HVACTemplate:Thermostat, T;", "HVACTemplate:Thermostat 'T' has set-points"),
        (
            DUAL + HEAT + "Schedule:Day:Interval, D, T, Linear, 24:00, 24; Schedule:Week:Compact, W, AllDays, D;"
            "Schedule:Year, Cool, T, W, 1, 1, 12, 31;",
            "is interpolated linearly",
        ),
        (
            DUAL + HEAT + "Schedule:Compact, Cool, T, Through: 12/31, For: AllDays, Until: 24:00, warm;",
            "Schedule:Compact 'Cool': 'warm' cannot be read",
        ),
        (
            DUAL + HEAT + "Schedule:Compact, Cool, T, Through: Easter, For: AllDays, Until: 24:00, 24;",
            "'THROUGH: EASTER' has no date",
        ),
        (
            DUAL + HEAT + "Schedule:Compact, Cool, T, Through: 12/31, For: AllDays, Until: noon, 24;",
            "'UNTIL: NOON' has no time",
        ),
    ],
)
def test_it_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in refused(text, "cooling_setpoint", 1)
