"""Fan efficiency: the electric power that a fan needs for its flow, by the field that its power comes from."""

from collections.abc import Iterator

from shared.energyplus.building.fields import as_number, key
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.ems import described, on_components, refuse_overridden
from shared.energyplus.measures.measure import FACTOR, Applied, Measure, Options, refuse
from shared.energyplus.measures.scaling import Scaled, gather, objects_of, scale, stated
from shared.energyplus.measures.templates import refuse_templates

SYSTEM, COMPONENT = "Fan:SystemModel", "Fan:ComponentModel"
SIMPLE = (
    "Fan:ConstantVolume",
    "Fan:VariableVolume",
    "Fan:OnOff",
    "Fan:ZoneExhaust",
    "FanPerformance:NightVentilation",
)
#: Ventilation that has a fan where its pressure rises, by the field with its type.
VENTILATION = {"ZoneVentilation:DesignFlowRate": "ventilation_type", "ZoneEarthtube": "earthtube_type"}
PRESSURE = "fan_pressure_rise"
#: Of both types, the one without a fan whatever the pressure; a blank field stands for it.
NATURAL = ("NATURAL", "")
EFFICIENCY, MOTOR, POWER = "fan_total_efficiency", "motor_efficiency", "design_electric_power_consumption"
#: Fields of Fan:SystemModel with a power per flow, by the method that uses them; the first is the default.
PER_FLOW = {
    "POWERPERFLOWPERPRESSURE": "electric_power_per_unit_flow_rate_per_unit_pressure",
    "POWERPERFLOW": "electric_power_per_unit_flow_rate",
}
BY_EFFICIENCY = "TOTALEFFICIENCYANDPRESSURE"
#: EMS's names for fans and their efficiency.
FAN, EMS_EFFICIENCY = "Fan", "Fan Total Efficiency"


def _fans(document: Document, factor: float, _: Options) -> Applied:
    refuse_templates(document)
    fans = objects_of(document, (SYSTEM, *SIMPLE))
    fans += [item for item in objects_of(document, VENTILATION) if _has_fan(item)]
    left = list(_left(document))
    if not fans:
        refuse("; ".join(("the model has no fan with an efficiency or a power", *left[:3])))
    refuse_overridden(document, fans, FAN, EMS_EFFICIENCY)
    return gather([_scaled(document, fan, factor) for fan in fans], left)


def _has_fan(ventilation: ModelObject) -> bool:
    is_driven = key(ventilation.get(VENTILATION[ventilation.class_name])) not in NATURAL
    return is_driven and (as_number(ventilation.get(PRESSURE)) or 0) > 0


def _left(document: Document) -> Iterator[str]:
    for item in document.objects(COMPONENT):
        yield f"{shown_name(item)} has an efficiency of its fan, belt, motor and drive each"
    yield from described(document, on_components(document, FAN))


def _scaled(document: Document, fan: ModelObject, factor: float) -> Scaled:
    if fan.class_name != SYSTEM:
        return _by_efficiency(document, fan, factor)
    if as_number(fan.get(POWER)) is not None:
        return scale(document, fan, POWER, 1 / factor)
    method = key(fan.get("design_power_sizing_method")) or next(iter(PER_FLOW))
    if method == BY_EFFICIENCY:
        return _by_efficiency(document, fan, factor)
    if method not in PER_FLOW:
        refuse(f"{shown_name(fan)}: design_power_sizing_method is {method!r}, which EnergyPlus does not have")
    return scale(document, fan, PER_FLOW[method], 1 / factor)


def _by_efficiency(document: Document, fan: ModelObject, factor: float) -> Scaled:
    # The total efficiency is that of the impeller times that of the motor.
    has_motor = MOTOR in document.schema.get_all_field_names(fan.class_name)
    return scale(document, fan, EFFICIENCY, factor, most=stated(document, fan, MOTOR) if has_motor else 1)


FANS = Measure(
    name="fan_efficiency",
    text="Efficiency of fans, multiplied: the total efficiency, or the inverse of the power per flow where the fan's "
    "method uses it; refused where the total efficiency would be above that of the motor, and where EMS programs set "
    "it of all fans.",
    unit=FACTOR,
    low=0.5,
    high=2,
    apply=_fans,
)
