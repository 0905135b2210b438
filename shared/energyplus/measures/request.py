"""A measure as a run is asked for it: checked against the registry, and applied to a model."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from shared.energyplus.findings import Rejected, suggestion
from shared.energyplus.formats.document import Document, PreparationError
from shared.energyplus.measures.measure import Applied, Measure, Option, refuse
from shared.energyplus.measures.registry import MEASURES


@dataclass(frozen=True, slots=True)
class MeasureRequest:
    """One value of one measure; an option that is not given has its default."""

    measure: str
    value: int | float | str
    options: Mapping[str, bool | int | float | str] = dataclass_field(default_factory=dict, hash=False)


def unknown_measure(name: str) -> str | None:
    """Why no measure has this name, with the nearest names or all; None when one has it."""
    if name in MEASURES:
        return None
    near = suggestion(name, MEASURES) or f"; there are {', '.join(sorted(MEASURES))}"
    return f"there is no measure {name[:60]!r}{near}"


def wrong_value(measure: Measure, value: object) -> str | None:
    """Why the measure cannot have this value; None when it can."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not measure.low <= value <= measure.high:
        return f"must be a number from {measure.range_text}"
    return None


def wrong_options(measure: Measure, options: Mapping[str, object]) -> dict[str, str]:
    """Why these options cannot be given to the measure, by their names."""
    known = {option.name: option for option in measure.options}
    wrong = {}
    for name, value in options.items():
        if name not in known:
            offered = f"it has {', '.join(known)}" if known else "it has none"
            wrong[name] = f"{measure.name} has no option {name[:60]!r}; {offered}"
        elif reason := _wrong_option(known[name], value):
            wrong[name] = reason
    return wrong


def apply_measure(document: Document, request: MeasureRequest) -> Applied:
    """Change the model. Raises PreparationError with the measure's name and the reason."""
    if unknown := unknown_measure(request.measure):
        refuse(unknown)
    measure = MEASURES[request.measure]
    if wrong := wrong_value(measure, request.value):
        refuse(f"{measure.name}: its value {wrong}")
    if wrong_ones := wrong_options(measure, request.options):
        refuse(f"{measure.name}: {'; '.join(wrong_ones.values())}")
    options = {option.name: option.default for option in measure.options} | dict(request.options)
    try:
        return measure.apply(document, float(request.value), options)
    except Rejected as error:
        raise PreparationError("measure_refused", f"{measure.name}: the model cannot be read: {error}") from error
    except PreparationError as error:
        raise PreparationError(error.code, f"{measure.name}: {error}") from error


def _wrong_option(option: Option, value: object) -> str | None:
    if isinstance(option.default, bool):
        return None if isinstance(value, bool) else "must be true or false"
    if option.choices:
        return None if value in option.choices else f"must be one of {', '.join(option.choices)}"
    is_finite = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= sys.float_info.max
    return None if is_finite else "must be a finite number"
