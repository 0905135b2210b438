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
            "ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1,,,, Exhaust, 100, 0.9;",
            "ZoneVentilation:DesignFlowRate 'V': fan_total_efficiency changed from 0.9 to 1, the most that it can be, "
            "instead of 1.125",
        ),
        (
            "ZoneEarthtube, Z, S, 1, 15, 30, 1, Intake, 100, 0.5;",
            "ZoneEarthtube: fan_total_efficiency changed from 0.5 to 0.625",
        ),
    ],
)
def test_fans_that_are_no_components_of_an_air_loop_are_changed(text: str, changed: str) -> None:
    assert applied(text, "fan_efficiency", 1.25).changed == (changed,)


def test_ventilation_without_a_fan_is_none() -> None:
    text = "ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1,,,, Natural, 0, 0.5;"

    assert "the model has no fan" in refused(text, "fan_efficiency", 1.25)


def test_programs_that_set_fans_are_named() -> None:
    text = "Fan:OnOff, F,, 0.5, 500, autosize; EnergyManagementSystem:Actuator, A, F, Fan, Fan Pressure Rise;"

    (left,) = applied(text, "fan_efficiency", 1.25).left

    assert left.endswith("also sets the Fan Pressure Rise of 'F'")


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
            "nothing to multiply: Fan:OnOff 'F': fan_total_efficiency stays 0.9, the most that it can be",
        ),
        ("Zone, Z;", "the model has no fan"),
        ("Fan:SystemModel, F,,,,,,,,,,, Guess;", "design_power_sizing_method is 'GUESS'"),
    ],
)
def test_it_is_refused_with_the_reason(text: str, reason: str) -> None:
    assert reason in refused(text, "fan_efficiency", 1.25)
