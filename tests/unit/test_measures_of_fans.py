"""Fan efficiency: the field that the power comes from, up to what, what is left and what is refused."""

import pytest

from shared.energyplus.measures.request import MeasureRequest, apply_measure
from tests.unit.measuring import applied, one, refused


@pytest.mark.parametrize(
    ("class_name", "fields", "changed"),
    [
        ("Fan:OnOff", {"fan_total_efficiency": 0.5}, "fan_total_efficiency changed from 0.5 to 0.625"),
        (
            "Fan:VariableVolume",
            {"fan_total_efficiency": 0.7, "motor_efficiency": 0.93},
            "fan_total_efficiency changed from 0.7 to 0.875",
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
    done = apply_measure(one(class_name, **fields), MeasureRequest("fan_efficiency", 1.25))

    assert done.changed == (f"{class_name} 'X': {changed}",)


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        (
            "FanPerformance:NightVentilation, F, 0.5, 67, autosize, 0.9;",
            "FanPerformance:NightVentilation: fan_total_efficiency changed from 0.5 to 0.625",
        ),
        (
            "ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1,,,, Exhaust, 100, 0.6;",
            "ZoneVentilation:DesignFlowRate 'V': fan_total_efficiency changed from 0.6 to 0.75",
        ),
        (
            "ZoneEarthtube, Z, S, 1, 15, 30, 1, Intake, 100, 0.5;",
            "ZoneEarthtube: fan_total_efficiency changed from 0.5 to 0.625",
        ),
    ],
)
def test_fans_that_are_no_components_of_an_air_loop_are_changed(text: str, changed: str) -> None:
    assert applied(text, "fan_efficiency", 1.25).changed == (changed,)


@pytest.mark.parametrize(
    "text",
    [
        "ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1,,,, Exhaust, 0, 0.5;",
        # EnergyPlus takes no pressure for these.
        "ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1,,,, Natural, 100, 0.5;",
        "ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1,,,,, 100, 0.5;",
        "ZoneEarthtube, Z, S, 1, 15, 30, 1, Natural, 100, 0.5;",
    ],
)
def test_ventilation_without_a_fan_is_none(text: str) -> None:
    assert "the model has no fan" in refused(text, "fan_efficiency", 1.25)
    assert len(applied(f"{text} Fan:OnOff, F,, 0.5, 500, autosize;", "fan_efficiency", 1.25).changed) == 1


def test_programs_that_set_fans_are_named() -> None:
    text = "Fan:OnOff, F,, 0.5, 500, autosize; EnergyManagementSystem:Actuator, A, F, Fan, Fan Pressure Rise;"

    (left,) = applied(text, "fan_efficiency", 1.25).left

    assert left.endswith("could set the Fan Pressure Rise of 'F'")


def test_an_efficiency_that_programs_set_of_all_fans_is_refused() -> None:
    fans = "Fan:OnOff, F,, 0.5, 500, autosize; EnergyManagementSystem:Program, P, SET A = 0.6;"
    actuator = "EnergyManagementSystem:Actuator, A, F, Fan, Fan {};"

    assert "programs set all that" in refused(fans + actuator.format("Total Efficiency"), "fan_efficiency", 1.25)
    assert applied(fans + actuator.format("Air Mass Flow Rate"), "fan_efficiency", 1.25).changed
    second = "Fan:OnOff, G,, 0.5, 500, autosize;"
    assert len(applied(fans + second + actuator.format("Total Efficiency"), "fan_efficiency", 1.25).changed) == 2


def test_a_fan_of_components_is_left() -> None:
    made = one("Fan:OnOff", fan_total_efficiency=0.5)
    made.add("Fan:ComponentModel", "C")

    (left,) = apply_measure(made, MeasureRequest("fan_efficiency", 1.25)).left

    assert left.startswith("Fan:ComponentModel 'C'")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Fan:OnOff, F,, 0.9, 500, autosize, 0.9;",
            "Fan:OnOff 'F': fan_total_efficiency would change from 0.9 to 1.125, and 0.9 is the most",
        ),
        (
            "ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1,,,, Exhaust, 100, 0.9;",
            "fan_total_efficiency would change from 0.9 to 1.125, and 1 is the most",
        ),
        ("Fan:ComponentModel, C;", "Fan:ComponentModel 'C' has an efficiency of its fan, belt, motor and drive each"),
        ("Zone, Z;", "the model has no fan"),
        ("Fan:SystemModel, F,,,,,,,,,,, Guess;", "design_power_sizing_method is 'GUESS'"),
    ],
)
def test_it_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in refused(text, "fan_efficiency", 1.25)
