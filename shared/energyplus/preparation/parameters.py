"""Parameters: setting, scaling or adding to a field of the objects that match; one without effect is refused."""

from dataclasses import dataclass
from typing import NoReturn

from idfkit.schema import EpJSONSchema

from shared.energyplus.formats.document import Document, ModelObject, PreparationError, shown_name
from shared.energyplus.formats.field_rule import SIZED
from shared.energyplus.formats.field_value import field_value
from shared.energyplus.formats.side_names import plain_name
from shared.energyplus.methods import METHODS
from shared.energyplus.modes import ADD, MODES, SCALE, SET
from shared.energyplus.preparation.aim import NoAim, aim_at
from shared.energyplus.preparation.changes import summarised

#: What a parameter of each mode has done, before its value.
DONE = {SET: "set to", SCALE: "scaled by", ADD: "increased by"}


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
    try:
        aim = aim_at(document, parameter.object, parameter.name, parameter.field)
    except NoAim as error:
        _refuse(str(error))
    lines = [_change(document.schema, item, aim.field, parameter) for item in aim.items]
    return summarised(lines, aim.class_name, f"{aim.field} {DONE[parameter.mode]} {_shown(parameter.value)}")


def _change(schema: EpJSONSchema, item: ModelObject, field: str, parameter: Parameter) -> str:
    before = item.get(field)
    item.set(field, changed(schema, item, field, parameter.mode, parameter.value))
    return f"{shown_name(item)}: {field} changed from {_shown(before)} to {_shown(item.get(field))}"


def changed(schema: EpJSONSchema, item: ModelObject, field: str, mode: str, value: float | str) -> float | str:
    """What the field of the object would hold. Raises PreparationError."""
    _refuse_unused(item, field)
    _refuse_elsewhere(item, field, value)
    wanted = value if mode == SET else _moved(item, field, mode, value)
    try:
        return field_value(schema, item.class_name, field, wanted)
    except ValueError as error:
        _refuse(f"{shown_name(item)}: {field} cannot be set, {error}")


def _shown(value: object) -> str:
    if value in (None, ""):
        return "empty"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _moved(item: ModelObject, field: str, mode: str, by: object) -> float:
    before, done = item.get(field), DONE[mode].removesuffix(" by")
    if isinstance(before, str) and before.strip().lower() in SIZED:
        _refuse(f"{shown_name(item)}: {field} is {before}, which cannot be {done}; set a value instead")
    if before in (None, ""):
        _refuse(f"{shown_name(item)}: {field} is empty, which cannot be {done}; set a value instead")
    if not isinstance(before, int | float):
        _refuse(f"{shown_name(item)}: {field} is {before!r}, which is no number to be {done}")
    if isinstance(by, bool) or not isinstance(by, int | float):
        _refuse(f"{shown_name(item)}: {field} cannot be {done} by {by!r}, which is no number")
    return before * by if mode == SCALE else before + by


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


def _refuse_elsewhere(item: ModelObject, field: str, value: float | str) -> None:
    """The files that the model names have been checked; a parameter must not name one in another directory."""
    named = str(value)
    if field.endswith("file_name") and plain_name(named) is None:
        _refuse(f"{shown_name(item)}: {field} must be the plain name of a file beside the model, not {named[:60]!r}")


def _refuse(reason: str) -> NoReturn:
    raise PreparationError("parameter_refused", reason)
