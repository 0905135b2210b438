"""Lighting, plug power and infiltration: the field that the method uses, what is left, and what is refused."""

import pytest

from tests.unit.measuring import applied, refused

EMS = """\
EnergyManagementSystem:Actuator, Dim_North, North lights, Lights, Electricity Rate;
EnergyManagementSystem:Actuator, Shut, Always, Schedule:Compact, Schedule Value;
EnergyManagementSystem:Program, Dimmer, IF x > 1, SET Dim_North = 0, ENDIF;
EnergyManagementSystem:Subroutine, Dim_North_2, SET y = dim_north * 2;
"""


@pytest.mark.parametrize(
    ("fields", "line"),
    [
        ("Watts/Area,, 10.7", "watts_per_floor_area changed from 10.7 to 16.05"),
        ("LightingLevel, 500", "lighting_level changed from 500 to 750"),
        (", 500", "lighting_level changed from 500 to 750"),
        ("watts/person,,, 7", "watts_per_person changed from 7 to 10.5"),
    ],
)
def test_lighting_changes_the_field_that_the_method_uses(fields: str, line: str) -> None:
    done = applied(f"Lights, North lights, North, Always, {fields};", "lighting_power", 1.5)

    assert done.changed == (f"Lights 'North lights': {line}",)
    assert done.left == ()


def test_lighting_names_what_else_acts_on_lights() -> None:
    lights = "Lights, North lights, North, Always, LightingLevel, 500; Lights, South, South, S, LightingLevel, 1;"
    others = "Daylighting:Controls, Sensor, North, SplitFlux; Exterior:Lights, Sign, Always, 100;"

    assert applied(f"{lights}{others}{EMS}", "lighting_power", 1.5).left == (
        "Daylighting:Controls 'Sensor' also dims lights",
        "Exterior:Lights 'Sign' is exterior lighting",
        "EnergyManagementSystem:Program 'Dimmer' and EnergyManagementSystem:Subroutine 'Dim_North_2' also set the "
        "Electricity Rate of 'North lights'",
        "EnergyManagementSystem:Actuator 'Shut', which no program uses, could set the Schedule Value of 'Always'",
    )


@pytest.mark.parametrize(
    ("item", "component", "measure"),
    [
        ("Lights, X, N, S, LightingLevel, 500;", "Lights, Electricity Rate", "lighting_power"),
        ("ElectricEquipment, X, N, S, EquipmentLevel, 5;", "ElectricEquipment, Electricity Rate", "plug_power"),
        (
            "ZoneInfiltration:FlowCoefficient, X, Z, S, 0.05;",
            "Zone Infiltration, Air Exchange Flow Rate",
            "infiltration",
        ),
    ],
)
def test_what_programs_set_alone_is_refused(item: str, component: str, measure: str) -> None:
    actuator = f"EnergyManagementSystem:Actuator, A, x, {component};"
    program = "EnergyManagementSystem:Program, P, SET A = 3;"
    said = "programs set all that could be multiplied: EnergyManagementSystem:Program 'P' also sets the"

    assert said in refused(item + actuator + program, measure, 1.5)
    # The program acts at times only.
    at_times = "EnergyManagementSystem:Program, P, IF x > 1, SET a = 3, ELSE, SET a = Null, ENDIF;"
    assert applied(item + actuator + at_times, measure, 1.5).changed
    # An actuator that no program uses sets nothing.
    assert applied(item + actuator, measure, 1.5).changed
    assert len(applied(item + item.replace("X,", "Y,", 1) + actuator + program, measure, 1.5).changed) == 2


def test_ems_knows_lights_of_a_list_by_their_zones() -> None:
    lights = "Lights, Lamps, Both, S, LightingLevel, 500; ZoneList, Both, East, West;"
    lights += "EnergyManagementSystem:Program, P, SET A = B;"
    actuator = "EnergyManagementSystem:Actuator, {}, {} Lamps, Lights, Electricity Rate;"

    assert applied(lights + actuator.format("A", "East"), "lighting_power", 1.5).changed
    both = actuator.format("A", "East") + actuator.format("B", "West")
    assert "programs set all that could be multiplied" in refused(lights + both, "lighting_power", 1.5)


def test_what_has_no_power_is_left() -> None:
    text = "Lights, A, N, S, Watts/Area,,; Lights, B, N, S, LightingLevel, 0; Lights, C, N, S, LightingLevel, 1;"

    done = applied(text, "lighting_power", 2)

    assert done.changed == ("Lights 'C': lighting_level changed from 1 to 2",)
    assert done.left == ("Lights 'A': watts_per_floor_area is empty", "Lights 'B': lighting_level is 0")


def test_plug_power_leaves_other_equipment() -> None:
    text = "ElectricEquipment, PC, N, S, EquipmentLevel, 100; GasEquipment, Stove, N, S, EquipmentLevel, 900;"

    done = applied(text, "plug_power", 0.5)

    assert done.changed == ("ElectricEquipment 'PC': design_level changed from 100 to 50",)
    assert done.left == ("GasEquipment 'Stove' is other equipment",)


@pytest.mark.parametrize(
    ("text", "measure", "reason"),
    [
        ("Zone, Z;", "lighting_power", "the model has no Lights"),
        ("Zone, Z;", "plug_power", "the model has no ElectricEquipment"),
        ("Lights, A, N, S, Watts/Area, 3;", "lighting_power", "nothing to multiply: Lights 'A': watts_per_floor_area"),
        ("Lights, A, N, S, Watts/Cow, 3;", "lighting_power", "design_level_calculation_method is 'Watts/Cow'"),
        ("Lights, A, N, S, LightingLevel, autosize;", "lighting_power", "lighting_level is autosize"),
        ("Zone, Z;", "infiltration", "the model has no ZoneInfiltration:DesignFlowRate"),
        (
            "AirflowNetwork:SimulationControl, N, MultizoneWithoutDistribution;"
            "ZoneInfiltration:DesignFlowRate, I, Z, S, Flow/Zone, 1;",
            "infiltration",
            "AirflowNetwork:SimulationControl 'N' (MultizoneWithoutDistribution) computes the air flows",
        ),
    ],
)
def test_it_is_refused_with_the_reason(text: str, measure: str, reason: str) -> None:
    assert reason in refused(text, measure, 1.5)


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ("DesignFlowRate, I, Z, S, Flow/Zone, 0.2", "design_flow_rate changed from 0.2 to 0.1"),
        ("DesignFlowRate, I, Z, S, Flow/Area,, 0.2", "flow_rate_per_floor_area changed from 0.2 to 0.1"),
        ("DesignFlowRate, I, Z, S, Flow/ExteriorArea,,, 2", "flow_rate_per_exterior_surface_area changed from 2 to 1"),
        (
            "DesignFlowRate, I, Z, S, flow/exteriorwallarea,,, 2",
            "flow_rate_per_exterior_surface_area changed from 2 to 1",
        ),
        ("DesignFlowRate, I, Z, S, AirChanges/Hour,,,, 2", "air_changes_per_hour changed from 2 to 1"),
        ("EffectiveLeakageArea, I, Z, S, 500", "effective_air_leakage_area changed from 500 to 250"),
        ("FlowCoefficient, I, Z, S, 0.05", "flow_coefficient changed from 0.05 to 0.025"),
    ],
)
def test_infiltration_changes_the_field_that_the_method_uses(item: str, line: str) -> None:
    text = f"ZoneInfiltration:{item}; AirflowNetwork:SimulationControl, N, NoMultizoneOrDistribution;"

    (changed,) = applied(text, "infiltration", 0.5).changed

    assert changed.endswith(f"'I': {line}")


def test_infiltration_leaves_ventilation_and_what_ems_sets() -> None:
    text = "ZoneInfiltration:FlowCoefficient, I, Z, S, 0.05; ZoneVentilation:DesignFlowRate, V, Z, S, Flow/Zone, 1;"
    actuator = "EnergyManagementSystem:Actuator, A, I, Zone Infiltration, Air Exchange Flow Rate;"

    assert applied(text + actuator, "infiltration", 0.5).left == (
        "ZoneVentilation:DesignFlowRate 'V' is ventilation",
        "EnergyManagementSystem:Actuator 'A', which no program uses, could set the Air Exchange Flow Rate of 'I'",
    )
