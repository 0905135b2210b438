"""Setting or scaling a field of one object, or of all objects of a class; what would have no effect is refused."""

import fnmatch
from dataclasses import dataclass
from typing import Literal

from idfkit import IDFObject

from sim_worker.energyplus.model import Document, PreparationError, objects, shown_name, snake_case

#: Fields that choose which other field counts, by class: method field, then method -> field that it reads.
#: Source: EnergyPlus 25.2 Energy+.idd, the \\key lines of each method field.
METHODS: dict[str, tuple[str, dict[str, str]]] = {
    "Lights": (
        "design_level_calculation_method",
        {
            "lightinglevel": "lighting_level",
            "watts/area": "watts_per_floor_area",
            "watts/person": "watts_per_person",
        },
    ),
    "People": (
        "number_of_people_calculation_method",
        {
            "people": "number_of_people",
            "people/area": "people_per_floor_area",
            "area/person": "floor_area_per_person",
        },
    ),
    "ZoneInfiltration:DesignFlowRate": (
        "design_flow_rate_calculation_method",
        {
            "flow/zone": "design_flow_rate",
            "flow/area": "flow_rate_per_floor_area",
            "flow/exteriorarea": "flow_rate_per_exterior_surface_area",
            "flow/exteriorwallarea": "flow_rate_per_exterior_surface_area",
            "airchanges/hour": "air_changes_per_hour",
        },
    ),
    **dict.fromkeys(
        ("ElectricEquipment", "HotWaterEquipment", "SteamEquipment"),
        (
            "design_level_calculation_method",
            {
                "equipmentlevel": "design_level",
                "watts/area": "watts_per_floor_area",
                "watts/person": "watts_per_person",
            },
        ),
    ),
    "GasEquipment": (
        "design_level_calculation_method",
        {
            "equipmentlevel": "design_level",
            "watts/area": "power_per_floor_area",
            "power/area": "power_per_floor_area",
            "watts/person": "power_per_person",
            "power/person": "power_per_person",
        },
    ),
}
#: The first of each table is what an empty method field means.


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of one variant. `object` is an EnergyPlus class, `name` an object's name, `*` stands for any."""

    object: str
    name: str
    field: str
    mode: Literal["set", "scale"]
    value: float | str


def set_parameter(document: Document, parameter: Parameter) -> list[str]:
    """Change the field in every object that matches; the changes made. Raises PreparationError."""
    schema = document.schema
    class_name = schema.resolve_type_name(parameter.object) if schema is not None else None
    if schema is None or class_name is None:
        raise PreparationError("parameter_refused", f"There is no EnergyPlus class '{parameter.object}'")
    field = snake_case(parameter.field)
    if field not in schema.get_all_field_names(class_name):
        raise PreparationError("parameter_refused", f"{class_name} has no field '{parameter.field}'")
    pattern = parameter.name.lower()
    matching = [o for o in objects(document, class_name) if fnmatch.fnmatchcase((o.name or "").lower(), pattern)]
    if not matching:
        raise PreparationError("parameter_refused", f"The model has no {class_name} named '{parameter.name}'")
    return [_change(item, field, parameter) for item in matching]


def _change(item: IDFObject, field: str, parameter: Parameter) -> str:
    _refuse_unused(item, field)
    before = item.get(field)
    if parameter.mode == "scale":
        item[field] = _scaled(item, field, before, parameter.value)
    else:
        item[field] = parameter.value
    return (
        f"{shown_name(item)}: {field} changed from {before if before not in (None, '') else 'empty'} to {item[field]}"
    )


def _scaled(item: IDFObject, field: str, before: object, factor: float | str) -> float:
    if isinstance(before, str) and before.strip().lower() in ("autosize", "autocalculate"):
        raise PreparationError(
            "parameter_refused", f"{shown_name(item)}: {field} is {before}, which cannot be scaled; set a value instead"
        )
    if not isinstance(before, int | float) or not isinstance(factor, int | float):
        raise PreparationError(
            "parameter_refused", f"{shown_name(item)}: {field} has no number to scale ({before!r} times {factor!r})"
        )
    return before * factor


def _refuse_unused(item: IDFObject, field: str) -> None:
    if item.obj_type not in METHODS:
        return
    method_field, fields = METHODS[item.obj_type]
    method = str(item.get(method_field) or next(iter(fields))).strip().lower()
    used = fields.get(method)
    if field in fields.values() and used is not None and field != used:
        raise PreparationError(
            "parameter_refused",
            f"{shown_name(item)}: {field} is not used, because {method_field} is {item.get(method_field)}; "
            f"change {used} instead",
        )
