"""Set-points: heating or cooling thermostats get copies of their schedules, shifted by some kelvin."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared.energyplus.building.fields import text
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.measures.ems import described, on_components, on_schedules
from shared.energyplus.measures.measure import Applied, Measure, Options, refuse
from shared.energyplus.measures.profiles import crossing, profile
from shared.energyplus.measures.scaling import objects_of
from shared.energyplus.measures.schedules import Copier, Schedules, users

DUAL, HEATING, COOLING = (f"ThermostatSetpoint:{kind}" for kind in ("DualSetpoint", "SingleHeating", "SingleCooling"))
#: Objects with set-points of their own, which are not copied.
OTHERS = (
    "ThermostatSetpoint:SingleHeatingOrCooling",
    "ZoneControl:Thermostat:StagedDualSetpoint",
    "HVACTemplate:Thermostat",
)
COMFORT = "ZoneControl:Thermostat:ThermalComfort"
#: EMS's name for the set-points of a zone.
ZONE_CONTROL = "Zone Temperature Control"


@dataclass(frozen=True, slots=True)
class Side:
    """Heating or cooling: the field with its schedule, by the class of the thermostat."""

    word: str
    fields: dict[str, str]


_DUAL_FIELD = "{}_setpoint_temperature_schedule_name"
SINGLE_FIELD = "setpoint_temperature_schedule_name"
HEATING_SIDE = Side("heating", {DUAL: _DUAL_FIELD.format("heating"), HEATING: SINGLE_FIELD})
COOLING_SIDE = Side("cooling", {DUAL: _DUAL_FIELD.format("cooling"), COOLING: SINGLE_FIELD})


def _shifting(side: Side) -> Callable[[Document, float, Options], Applied]:
    def shift(document: Document, kelvin: float, _: Options) -> Applied:
        for item in objects_of(document, OTHERS):
            refuse(f"{shown_name(item)} has set-points that are not those of {' and '.join(side.fields)}")
        thermostats = objects_of(document, side.fields)
        if not thermostats:
            refuse(f"the model has no {' and no '.join(side.fields)}")
        originals = _schedules(thermostats)
        _refuse_managed(document, originals)
        schedules = Schedules(document)
        copier = Copier(schedules, lambda value: value + kelvin, f"{kelvin:+g} K")
        changed = tuple(_re_point(schedules, item, side, copier) for item in thermostats)
        for item in document.objects(DUAL):
            _refuse_crossing(schedules, item)
        moved = originals - _schedules(thermostats)
        return Applied(changed, tuple(_left(document, moved)))

    return shift


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
    for line in described(document, [*on_schedules(document, schedules), *on_components(document, ZONE_CONTROL)]):
        refuse(f"{line}; it would not set a shifted copy")


def _refuse_crossing(schedules: Schedules, item: ModelObject) -> None:
    heating, cooling = (
        profile(schedules, schedules.find(text(item, side.fields[DUAL]), item)) for side in (HEATING_SIDE, COOLING_SIDE)
    )
    if where := crossing(heating, cooling):
        refuse(f"{shown_name(item)}: heating and cooling would cross: {where}")


def _left(document: Document, schedules: set[str]) -> Iterator[str]:
    yield from users(document, schedules)
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
