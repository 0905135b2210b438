"""Set-points: copies of schedules of every kind, who keeps the originals, and what is refused."""

import json

import pytest

from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.unit.measuring import applied, document, epjson, refused

DUAL = "ThermostatSetpoint:DualSetpoint, Dual, Heat, Cool;\n"
HEAT = (
    "Schedule:Compact, Heat, Temperature, Through: 12/31, For: Weekdays WinterDesignDay, Until: 7:00, 15, Until: 24:00,"
    " 21, For: AllOtherDays, Until: 24:00, 15;\n"
)
COOL = "Schedule:Constant, Cool, Temperature, 24;\n"
YEAR = """\
Schedule:Year, Cool, Temperature, Summer, 1, 1, 6, 30, Winter, 7, 1, 12, 31;
Schedule:Week:Compact, Summer, AllDays, Listed;
Schedule:Week:Daily, Winter, Hours, Hours, Hours, Hours, Hours, Hours, Hours, Hours, Steps, Steps, Hours, Hours;
Schedule:Day:List, Listed, Temperature, No, 720, 24, 25;
Schedule:Day:Interval, Steps, Temperature, No, 12:00, 26, 24:00, 24;
Schedule:Day:Hourly, Hours, Temperature, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23, 23,
  24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24;
"""


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


@pytest.mark.parametrize(
    ("cooling", "kelvin", "where"),
    [
        (COOL, 4, "25 C is above 24 C until 24:00 on Monday (period to 12/31)"),
        (YEAR, 2.5, "23.5 C is above 23 C until 8:00 on Monday (period to 12/31)"),
        (YEAR, 3.5, "24.5 C is above 24 C until 12:00 on Monday (period to 6/30)"),
    ],
)
def test_a_crossing_at_any_hour_is_refused(cooling: str, kelvin: float, where: str) -> None:
    reason = refused(DUAL + HEAT + cooling, "heating_setpoint", kelvin)

    assert reason == f"ThermostatSetpoint:DualSetpoint 'Dual': heating and cooling would cross: {where}"


def test_set_points_that_meet_do_not_cross() -> None:
    assert applied(DUAL + HEAT + COOL, "heating_setpoint", 3).changed
    assert applied(DUAL + HEAT + COOL, "cooling_setpoint", -3).changed


@pytest.mark.parametrize("date", ["7/31", "31 July", "July 31"])
def test_kinds_of_day_and_dates_are_those_of_energyplus(date: str) -> None:
    cool = (
        f"Schedule:Compact, Cool, Temperature, Through: {date}, For Weekends Holidays, Until: 24:00, 30, "
        "For: AllOtherDays, Until: 24:00, 30, Through: 12/31, For: Weekend CustomDay1, Until 24:00, 20, "
        "For: AllOtherDays, Until: 24:00, 30;"
    )
    heat = "Schedule:Constant, Heat, Temperature, 19;"

    assert "20 C is above" not in refused(DUAL + heat + cool, "heating_setpoint", 2)
    assert "21 C is above 20 C until 24:00 on Saturday (period to 12/31)" in refused(
        DUAL + heat + cool, "heating_setpoint", 2
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Zone, Z;", "the model has no ThermostatSetpoint:DualSetpoint and no ThermostatSetpoint:SingleCooling"),
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
            DUAL + HEAT + COOL + "EnergyManagementSystem:Actuator, A, Z, Zone Temperature Control, Cooling Setpoint;",
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
            "Schedule:Compact 'Cool +1 K': 'warm' cannot be read",
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
