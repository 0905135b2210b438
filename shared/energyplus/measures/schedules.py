"""Schedules whose numbers are in the model: copies of them with other numbers, and who uses them."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

from idfkit.schema import EpJSONSchema

from shared.energyplus.building.fields import as_number, key, text
from shared.energyplus.building.naming import free_name
from shared.energyplus.formats.document import Document, ModelObject, shown_name
from shared.energyplus.formats.text import NUMBER
from shared.energyplus.measures.measure import refuse
from shared.energyplus.measures.scaling import SIGNIFICANT_DIGITS, objects_of

COMPACT, CONSTANT, YEAR = "Schedule:Compact", "Schedule:Constant", "Schedule:Year"
WEEKS = ("Schedule:Week:Daily", "Schedule:Week:Compact")
DAYS = ("Schedule:Day:Hourly", "Schedule:Day:Interval", "Schedule:Day:List")
WITH_NUMBERS = (COMPACT, CONSTANT, YEAR)
ELSEWHERE = ("Schedule:File", "Schedule:File:Shading", "ExternalInterface:Schedule")
SENSOR, SENSOR_KEY = "EnergyManagementSystem:Sensor", "output_variable_or_output_meter_index_key_name"


def numeric(value: object) -> float | None:
    """A number, or a text that is one, as epJSON may have it; None for anything else."""
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return float(value)
    return as_number(value)


class Schedules:
    """The schedules of a model by class and name, with their weeks and days."""

    def __init__(self, document: Document) -> None:
        self.document = document
        found = objects_of(document, (*WITH_NUMBERS, *ELSEWHERE, *WEEKS, *DAYS))
        self._items = {(item.class_name, key(item.name)): item for item in found}
        self.names = {name for _, name in self._items}

    def find(self, name: str, user: ModelObject) -> ModelObject:
        """The schedule of this name. Raises PreparationError for one whose numbers are not in the model."""
        if (item := self._named(WITH_NUMBERS, name)) is not None:
            return item
        if (item := self._named(ELSEWHERE, name)) is not None:
            refuse(f"{shown_name(item)} of {shown_name(user)} has its numbers outside of the model")
        return refuse(f"{shown_name(user)}: there is no schedule '{name}'")

    def part(self, classes: Iterable[str], name: object, whole: ModelObject) -> ModelObject:
        """The week or the day of a schedule. Raises PreparationError when it is not there."""
        item = self._named(classes, name)
        return refuse(f"{shown_name(whole)}: there is no schedule '{name}'") if item is None else item

    def add(self, class_name: str, wanted: str, fields: dict[str, Any]) -> str:
        """A new schedule; its name is the wanted one, with a number where that is taken."""
        name = free_name(wanted, self.names)
        self._items[class_name, key(name)] = self.document.add(class_name, name, **fields)
        self.names.add(key(name))
        return name

    def _named(self, classes: Iterable[str], name: object) -> ModelObject | None:
        return next((self._items[at] for class_name in classes if (at := (class_name, key(name))) in self._items), None)


class Copier:
    """Copies schedules with a change of all their numbers; what several of them share is copied once."""

    def __init__(self, schedules: Schedules, change: Callable[[float], float], ending: str) -> None:
        self._schedules = schedules
        self._change = change
        self._ending = ending
        self._copies: dict[tuple[str, str], str] = {}

    def copy(self, item: ModelObject) -> str:
        """The name of the copy of a schedule. Raises PreparationError."""
        own = item.class_name, key(item.name)
        if own not in self._copies:
            self._copies[own] = self._copied(item)
        return self._copies[own]

    def _copied(self, item: ModelObject) -> str:
        schema, class_name = self._schedules.document.schema, item.class_name
        names = [name for name in schema.get_all_field_names(class_name) if name != "name"]
        fields: dict[str, Any] = self._changed(item, names, [item.get(name) for name in names])
        if wrapper := schema.get_extensible_wrapper_key(class_name):
            columns = schema.get_extensible_field_names(class_name)
            groups = [self._changed(item, columns, group) for group in item.groups()]
            fields[wrapper] = [group for group in groups if group]
        return self._schedules.add(class_name, f"{item.name} {self._ending}", fields)

    def _changed(self, item: ModelObject, names: Iterable[str], values: Iterable[Any]) -> dict[str, Any]:
        pairs = zip(names, values, strict=False)
        return {name: self._new(item, name, value) for name, value in pairs if value is not None}

    def _new(self, item: ModelObject, field: str, value: Any) -> Any:
        if field.endswith("schedule_week_name"):
            return self.copy(self._schedules.part(WEEKS, value, item))
        if field.endswith("schedule_day_name"):
            return self.copy(self._schedules.part(DAYS, value, item))
        is_number = field.startswith(("hour_", "hourly_", "value")) or field == "field"
        number = numeric(value) if is_number else None
        return value if number is None else float(f"{self._change(number):.{SIGNIFICANT_DIGITS}g}")


def users(document: Document, names: Iterable[str]) -> Iterator[str]:
    """A line for each object that uses one of the schedules, EMS sensors among them."""
    wanted = {key(name) for name in names}
    for class_name in sorted(document.classes()):
        fields = (SENSOR_KEY,) if class_name == SENSOR else _schedule_fields(document.schema, class_name)
        for item in document.objects(class_name) if fields else ():
            for field in fields:
                if key(item.get(field)) in wanted:
                    yield f"{shown_name(item)} goes on using schedule '{text(item, field)}'"


@lru_cache(1024)
def _schedule_fields(schema: EpJSONSchema, class_name: str) -> tuple[str, ...]:
    if schema.get_object_schema(class_name) is None:
        return ()
    described = (
        (name, schema.get_field_schema(class_name, name) or {}) for name in schema.get_all_field_names(class_name)
    )
    return tuple(name for name, field in described if "ScheduleNames" in field.get("object_list", ()))
