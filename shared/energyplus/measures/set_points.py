"""Set-points: heating or cooling thermostats get copies of their schedules, shifted by some kelvin."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from shared.energyplus.building.fields import key, text
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.ems import described, driven, on_components, on_schedules
from shared.energyplus.measures.measure import Applied, Measure, Options, refuse
from shared.energyplus.measures.profiles import crossings, profile
from shared.energyplus.measures.scaling import objects_of
from shared.energyplus.measures.schedules import Copier, Schedules, users

DUAL, HEATING, COOLING = (f"ThermostatSetpoint:{kind}" for kind in ("DualSetpoint", "SingleHeating", "SingleCooling"))
#: Objects with set-points of their own, which are not copied.
OTHERS = (
    "ThermostatSetpoint:SingleHeatingOrCooling",
    "ZoneControl:Thermostat:StagedDualSetpoint",
    "HVACTemplate:Thermostat",
)
CONTROL, COMFORT = "ZoneControl:Thermostat", "ZoneControl:Thermostat:ThermalComfort"
#: How many thermostats a ZoneControl:Thermostat can have, for different times.
CONTROLS = 4
#: EMS's name for the set-points of a zone.
ZONE_CONTROL = "Zone Temperature Control"


@dataclass(frozen=True, slots=True)
class Side:
    """Heating or cooling: the field with its schedule, by the class of the thermostat.

    `radiant` is equipment with set-points of its own, by the field of one of them.
    """

    word: str
    fields: dict[str, str]
    radiant: dict[str, str]


_DUAL_FIELD = "{}_setpoint_temperature_schedule_name"
SINGLE_FIELD = "setpoint_temperature_schedule_name"
#: Radiant equipment with set-points for heating and for cooling.
_RADIANT = {
    "ZoneHVAC:LowTemperatureRadiant:VariableFlow:Design": "{}_control_temperature_schedule_name",
    "ZoneHVAC:LowTemperatureRadiant:ConstantFlow": "{}_high_control_temperature_schedule_name",
    "ZoneHVAC:VentilatedSlab": "{}_high_control_temperature_schedule_name",
}
_HEATER_FIELD = "heating_setpoint_temperature_schedule_name"
HEATING_SIDE = Side(
    "heating",
    {DUAL: _DUAL_FIELD.format("heating"), HEATING: SINGLE_FIELD},
    {name: field.format("heating") for name, field in _RADIANT.items()}
    | dict.fromkeys(("ZoneHVAC:LowTemperatureRadiant:Electric", "ZoneHVAC:HighTemperatureRadiant"), _HEATER_FIELD),
)
COOLING_SIDE = Side(
    "cooling",
    {DUAL: _DUAL_FIELD.format("cooling"), COOLING: SINGLE_FIELD},
    {name: field.format("cooling") for name, field in _RADIANT.items()}
    | {"ZoneHVAC:CoolingPanel:RadiantConvective:Water": "cooling_control_temperature_schedule_name"},
)


def _shifting(side: Side) -> Callable[[Document, float, Options], Applied]:
    def shift(document: Document, kelvin: float, _: Options) -> Applied:
        for item in objects_of(document, OTHERS):
            refuse(f"{shown_name(item)} has set-points that are not those of {' and '.join(side.fields)}")
        thermostats, unused = _thermostats(document, side)
        originals = _schedules(thermostats)
        _refuse_managed(document, originals)
        schedules = Schedules(document)
        duals = [item for item in thermostats if item.class_name == DUAL]
        before = [_crossings(schedules, item) for item in duals]
        copier = Copier(schedules, lambda value: value + kelvin, f"{kelvin:+g} K")
        changed = tuple(_re_point(schedules, item, side, copier) for item in thermostats)
        crossing = [line for item, old in zip(duals, before, strict=True) for line in _cross(schedules, item, old)]
        moved = originals - _schedules(thermostats)
        return Applied(changed, (*crossing, *unused, *_left(document, side, moved)))

    return shift


def _thermostats(document: Document, side: Side) -> tuple[list[ModelObject], list[str]]:
    """The thermostats that control a zone, and a line for each of the others."""
    parts = ("control_{}_object_type", "control_{}_name")
    used = {
        tuple(key(item.get(part.format(number))) for part in parts)
        for item in document.objects(CONTROL)
        for number in range(1, CONTROLS + 1)
    }
    found = objects_of(document, side.fields)
    thermostats = [item for item in found if (key(item.class_name), key(item.name)) in used]
    unused = [f"{shown_name(item)} is used by no {CONTROL}" for item in found if item not in thermostats]
    if not thermostats:
        refuse("; ".join(unused[:3]) or f"the model has no {' and no '.join(side.fields)}")
    return thermostats, unused


def _re_point(schedules: Schedules, item: ModelObject, side: Side, copier: Copier) -> str:
    field = side.fields[item.class_name]
    before = text(item, field)
    after = copier.copy(schedules.find(before, item))
    item.set(field, after)
    return f"{shown_name(item)}: {field} changed from '{before}' to its copy '{after}'"


def _schedules(thermostats: list[ModelObject]) -> set[str]:
    """Both sides of thermostats with two: their crossing is looked for."""
    sides = (HEATING_SIDE, COOLING_SIDE)
    fields = {(name, field) for side in sides for name, field in side.fields.items()}
    return {text(item, field) for item in thermostats for name, field in fields if name == item.class_name}


def _refuse_managed(document: Document, schedules: set[str]) -> None:
    found = [*on_schedules(document, schedules), *on_components(document, ZONE_CONTROL)]
    for line in described(document, driven(document, found)):
        refuse(f"{line}; it would not set a shifted copy")


def _crossings(schedules: Schedules, item: ModelObject) -> dict[str, str]:
    heating, cooling = (
        profile(schedules, schedules.find(text(item, side.fields[DUAL]), item)) for side in (HEATING_SIDE, COOLING_SIDE)
    )
    return crossings(heating, cooling)


def _cross(schedules: Schedules, item: ModelObject, before: Container[str]) -> Iterator[str]:
    """A line where heating and cooling cross as they did before. Raises PreparationError for a new crossing."""
    found = _crossings(schedules, item)
    for when, values in found.items():
        if when not in before:
            refuse(f"{shown_name(item)}: heating and cooling would cross: {values} {when}")
    if found:
        when, values = next(iter(found.items()))
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        yield f"{shown_name(item)}: heating and cooling cross as without the measure: {values} {when}{more}"


def _left(document: Document, side: Side, schedules: set[str]) -> Iterator[str]:
    yield from users(document, schedules)
    moved = {key(schedule) for schedule in schedules}
    for class_name, field in side.radiant.items():
        for item in document.objects(class_name):
            if (schedule := text(item, field)) and key(schedule) not in moved:
                yield f"{shown_name(item)} has {side.word} set-points of its own, schedule '{schedule}'"
    for item in document.objects(COMFORT):
        yield f"{shown_name(item)} also sets temperatures, by comfort"


def _measure(side: Side) -> Measure:
    return Measure(
        name=f"{side.word}_setpoint",
        text=f"Shift of the {side.word} set-points, in copies of the thermostats' schedules; what else uses the "
        "schedules keeps them. Refused where heating and cooling would cross, for schedules that EMS programs set, and "
        "for Schedule:File.",
        unit="K",
        low=-5,
        high=5,
        apply=_shifting(side),
    )


HEATING_SET_POINT = _measure(HEATING_SIDE)
COOLING_SET_POINT = _measure(COOLING_SIDE)
