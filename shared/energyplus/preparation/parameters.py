"""Parameters: setting or scaling a field of the objects that match; a change without effect is refused."""

import fnmatch
import re
from dataclasses import dataclass
from typing import NoReturn

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.document import Document, ModelObject, PreparationError, shown_name, snake_case
from shared.energyplus.formats.field_value import SIZED, field_value
from shared.energyplus.formats.side_names import plain_name
from shared.energyplus.methods import METHODS
from shared.energyplus.modes import MODES, SCALE
from shared.energyplus.preparation.changes import summarised


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of one variant. `object` is an EnergyPlus class, `name` an object's name, `*` stands for any text.

    `mode` is one of MODES.
    """

    object: str
    name: str
    field: str
    mode: str
    #: A whole number stays one on its way through JSON, so that it is written as the user wrote it.
    value: int | float | str


def set_parameter(document: Document, parameter: Parameter) -> list[str]:
    """Change the field in every object that matches; the changes made. Raises PreparationError."""
    if parameter.mode not in MODES:
        _refuse(f"There is no mode '{parameter.mode}', only {', '.join(MODES)}")
    schema = document.schema
    class_name = schema.resolve_type_name(parameter.object)
    if class_name is None:
        _refuse(f"There is no EnergyPlus class '{parameter.object}'")
    field = _field(schema, class_name, parameter.field)
    matching = [item for item in document.objects(class_name) if _matches(parameter.name, item.name)]
    if not matching:
        _refuse(f"The model has no {class_name} named '{parameter.name}'")
    lines = [_change(schema, item, field, parameter) for item in matching]
    done = "scaled by" if parameter.mode == SCALE else "set to"
    return summarised(lines, class_name, f"{field} {done} {_shown(parameter.value)}")


def _field(schema: EpJSONSchema, class_name: str, named: str) -> str:
    field = snake_case(named)
    if field == "name":
        _refuse(f"{class_name}: an object's name is no parameter")
    known = schema.get_all_field_names(class_name)
    # Until version 22 "Watts per Floor Area" was called "Watts per Zone Floor Area", and so in many a file's comments.
    found = [f for f in (field, field.replace("_per_zone_floor_area", "_per_floor_area")) if f in known]
    if not found:
        _refuse(f"{class_name} has no field '{named}'")
    return found[0]


def _matches(pattern: str, name: str) -> bool:
    # Only `*` is special: names of objects hold brackets and question marks of their own.
    literal = re.sub(r"[\[?]", lambda found: f"[{found.group()}]", pattern)
    return fnmatch.fnmatchcase(name.lower(), literal.lower())


def _change(schema: EpJSONSchema, item: ModelObject, field: str, parameter: Parameter) -> str:
    _refuse_unused(item, field)
    _refuse_elsewhere(item, field, parameter)
    before = item.get(field)
    value = _scaled(item, field, before, parameter.value) if parameter.mode == SCALE else parameter.value
    try:
        after = field_value(schema, item.class_name, field, value)
    except ValueError as error:
        _refuse(f"{shown_name(item)}: {field} cannot be set, {error}")
    item.set(field, after)
    return f"{shown_name(item)}: {field} changed from {_shown(before)} to {_shown(after)}"


def _shown(value: object) -> str:
    if value in (None, ""):
        return "empty"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _scaled(item: ModelObject, field: str, before: object, factor: object) -> float:
    if isinstance(before, str) and before.strip().lower() in SIZED:
        _refuse(f"{shown_name(item)}: {field} is {before}, which cannot be scaled; set a value instead")
    if before in (None, ""):
        _refuse(f"{shown_name(item)}: {field} is empty, which cannot be scaled; set a value instead")
    if not isinstance(before, int | float):
        _refuse(f"{shown_name(item)}: {field} is {before!r}, which is no number to scale")
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        _refuse(f"{shown_name(item)}: {field} cannot be scaled by {factor!r}, which is no number")
    return before * factor


def _refuse_unused(item: ModelObject, field: str) -> None:
    method = METHODS.get(item.class_name)
    if method is None:
        return
    chosen = item.get(method.field)
    if used := method.used_instead_of(field, chosen):
        _refuse(
            f"{shown_name(item)}: {field} is not used, because {method.field} is {chosen or 'empty'}; "
            f"change {used} instead"
        )


def _refuse_elsewhere(item: ModelObject, field: str, parameter: Parameter) -> None:
    """The files that the model names have been checked; a parameter must not name one in another directory."""
    value = str(parameter.value)
    if field.endswith("file_name") and plain_name(value) is None:
        _refuse(f"{shown_name(item)}: {field} must be the plain name of a file beside the model, not {value[:60]!r}")


def _refuse(reason: str) -> NoReturn:
    raise PreparationError("parameter_refused", reason)
