"""Check of a study's parameters against one model, before any run: what each changes, and what is refused."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.energyplus.formats.document import Document, ModelObject, PreparationError
from shared.energyplus.measures.request import MeasureRequest, apply_measure
from shared.energyplus.modes import MODES, SET
from shared.energyplus.preparation.aim import Aim, NoAim, aim_at
from shared.energyplus.preparation.parameters import changed

#: Bounds the answer for a parameter with a thousand wrong values.
MAX_REFUSALS = 5


@dataclass(frozen=True, slots=True)
class VariedField:
    """A parameter with all its values, or with the ends of their range. `name` is a pattern of objects' names."""

    object: str
    name: str
    field: str
    mode: str
    values: tuple[int | float | str, ...]


@dataclass(frozen=True, slots=True)
class VariedMeasure:
    """A measure with all its values, or with the ends of their range."""

    measure: str
    options: Mapping[str, bool | int | float | str]
    values: tuple[int | float | str, ...]


@dataclass(frozen=True, slots=True)
class ParameterRefusal:
    """Why a parameter cannot be used on the model; `part` is its part at fault, `value` the index of a value."""

    part: str
    message: str
    value: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedParameter:
    """The number of objects that a parameter changes, and why it cannot be used; refusals are empty when it can.

    A measure chooses its objects itself, and has no number.
    """

    matches: int | None = None
    refusals: tuple[ParameterRefusal, ...] = ()


def check_parameters(
    document: Document, varied: Sequence[VariedField | VariedMeasure], again: Callable[[], Document]
) -> tuple[CheckedParameter, ...]:
    """Check the parameters in their order, and leave each at its first value; one field alone stays as it is.

    A later parameter may depend on an earlier one, such as on a method field that it sets. A measure is tried with its
    first, lowest and highest value, the last two on the model that `again` returns: it changes too much to be undone.
    """
    checked = [
        _check(document, one, change=len(varied) > 1)
        if isinstance(one, VariedField)
        else _tried(document, one, one.values[0])
        for one in varied
    ]
    for pick in (min, max):
        ends = [pick(_numbers(one), default=None) for one in varied]
        if all(end in (None, one.values[0]) for one, end in zip(varied, ends, strict=True)):
            continue
        other = again()
        for place, (one, end) in enumerate(zip(varied, ends, strict=True)):
            if isinstance(one, VariedField):
                _check(other, one, change=True)
            elif end is not None and not checked[place].refusals:
                checked[place] = _tried(other, one, end)
    return tuple(checked)


def _numbers(varied: VariedField | VariedMeasure) -> list[int | float]:
    values = varied.values if isinstance(varied, VariedMeasure) else ()
    return [value for value in values if isinstance(value, int | float)]


def _tried(document: Document, varied: VariedMeasure, value: float | str) -> CheckedParameter:
    try:
        apply_measure(document, MeasureRequest(varied.measure, value, varied.options))
    except PreparationError as error:
        return CheckedParameter(refusals=(ParameterRefusal("values", str(error), varied.values.index(value)),))
    return CheckedParameter()


def _check(document: Document, varied: VariedField, *, change: bool) -> CheckedParameter:
    if varied.mode not in MODES:
        return CheckedParameter(refusals=(ParameterRefusal("mode", f"There is no mode '{varied.mode}'"),))
    try:
        aim = aim_at(document, varied.object, varied.name, varied.field)
    except NoAim as error:
        return CheckedParameter(refusals=(ParameterRefusal(error.part, str(error)),))
    refusals: list[ParameterRefusal] = []
    for number, value in enumerate(varied.values):
        refusals += _refused(document, aim, varied.mode, number, value)
        if len(refusals) == MAX_REFUSALS:
            break
    if change and not refusals:
        for item in aim.items:
            item.set(aim.field, changed(document.schema, item, aim.field, varied.mode, varied.values[0]))
    return CheckedParameter(len(aim.items), tuple(refusals))


def _refused(document: Document, aim: Aim, mode: str, number: int, value: float | str) -> Iterator[ParameterRefusal]:
    # All objects for the first value; for the others those that a value can take out of the range first.
    for item in aim.items if number == 0 else _extremes(aim, mode):
        try:
            changed(document.schema, item, aim.field, mode, value)
        except PreparationError as error:
            yield ParameterRefusal("values", str(error), number)
            return


def _extremes(aim: Aim, mode: str) -> Iterable[ModelObject]:
    if mode == SET:
        return aim.items[:1]
    numbers = [item for item in aim.items if isinstance(item.get(aim.field), int | float)]
    return [pick(numbers, key=lambda item: item.get(aim.field)) for pick in (min, max)] if numbers else []
