"""What a submission asks of its models about the parameters, and the faults that the answers are. Pure."""

from collections.abc import Iterator, Sequence

from api_service.http.problem import Fault
from api_service.http.uploads import composed
from api_service.submission.expand import factors_of
from api_service.submission.inputs import Candidate
from api_service.submission.spec import Spec
from shared.energyplus.inspection import Inspected, ModelQuestions, PreviewOptions
from shared.energyplus.modes import ASSEMBLY, INPUT, MEASURE
from shared.energyplus.preparation.varied import MAX_REFUSALS, ParameterRefusal, VariedField, VariedMeasure
from shared.enums import InputRole
from shared.spec import ParameterSpec, SamplingSpec
from shared.study import TableRows
from shared.study.morris import LEVELS

#: Different values of one column of a table that are checked.
MAX_VALUES = 1000
#: A place in a range, from 0 to 1.
INSIDE = 0.381966


def changing(spec: Spec) -> list[tuple[int, ParameterSpec]]:
    """Returns the parameters whose values a model may refuse, with their places in the spec.

    Not a scenario's constructions, and no input files, which change nothing in a model.
    """
    return [(n, parameter) for n, parameter in enumerate(spec.parameters) if parameter.mode not in (ASSEMBLY, INPUT)]


def questions_about(spec: Spec, preview: PreviewOptions | None = None) -> ModelQuestions:
    """Returns what is asked of each model: whether it has what the parameters change, or a scenario's constructions."""
    if spec.sets is not None:
        return ModelQuestions(preview, spec.sets.assemblies)
    values, parameters = _values(spec), [parameter for _, parameter in changing(spec)]
    return ModelQuestions(
        preview,
        varied=tuple(_varied(parameter, values[parameter.name]) for parameter in parameters),
        together=_factors(parameters) if spec.sampling.method == "one_at_a_time" else (),
    )


def parameter_faults(spec: Spec, candidate: Candidate, read: Inspected, prefix: str) -> Iterator[Fault]:
    """Yields why the model cannot be varied as asked, by field; `prefix` is the spec's path in the request."""
    for (number, _), checked in zip(changing(spec), read.varied, strict=False):
        for refusal in checked.refusals:
            # An answer names MAX_REFUSALS at most, so of that many others may be hidden.
            if len(checked.refusals) < MAX_REFUSALS and not _is_tried(spec, number, refusal.value, candidate.file.name):
                continue
            place, message = _place(spec, number, refusal)
            yield Fault(f"{prefix}{place}", f"{candidate.file.shown}: {message}")


def _is_tried(spec: Spec, number: int, value: int | None, model: str) -> bool:
    """Whether the model gets the value of this index; not in a group with models, where another one has it."""
    group = spec.parameters[number].group
    for parameter in spec.parameters:
        is_together = group is not None and parameter.group == group and parameter.input == InputRole.MODEL
        if is_together and value is not None and value < len(parameter.values):
            return composed(str(parameter.values[value])) == model
    return True


def _factors(parameters: Sequence[ParameterSpec]) -> tuple[tuple[int, ...], ...]:
    """The places of the parameters that move together."""
    places: dict[str | int, list[int]] = {}
    for place, parameter in enumerate(parameters):
        places.setdefault(place if parameter.group is None else parameter.group, []).append(place)
    return tuple(map(tuple, places.values()))


def _varied(parameter: ParameterSpec, values: Sequence[float | str]) -> VariedField | VariedMeasure:
    if parameter.mode == MEASURE:
        return VariedMeasure(parameter.measure, parameter.options, tuple(values))
    return VariedField(parameter.object, parameter.match, parameter.field, parameter.mode, tuple(values))


def _values(spec: Spec) -> dict[str, Sequence[float | str]]:
    """Returns the values of each parameter: those of its list, of its column in a table, or some of its range."""
    if spec.rows is not None:
        return _columns(spec.rows, [parameter.name for parameter in spec.parameters])
    return {p.name: p.values if p.range is None else _within(p, spec.sampling) for p in spec.parameters}


def _within(parameter: ParameterSpec, sampling: SamplingSpec) -> Sequence[float | str]:
    """Returns all levels of a grid and of Morris; else both ends, and a number that is whole only by chance."""
    assert parameter.range is not None  # noqa: S101  (the caller's condition)
    if levels := {"grid": sampling.count, "morris": LEVELS}.get(sampling.method):
        (factor,) = factors_of([parameter])
        return [level[parameter.name] for level in factor.levels(levels)]
    low, high = parameter.range
    return low, high, low + (high - low) * INSIDE


def _columns(rows: TableRows, names: Sequence[str]) -> dict[str, Sequence[float | str]]:
    """Returns some different values of each column, with its lowest and highest number."""
    different: dict[str, dict[float | str, None]] = {name: {} for name in names}
    ends: dict[str, tuple[float, float]] = {}
    for row in rows:
        for name, values in different.items():
            value = row[name]
            if len(values) < MAX_VALUES:
                values[value] = None
            elif not isinstance(value, str):
                low, high = ends.get(name, (value, value))
                ends[name] = min(low, value), max(high, value)
    return {name: [*values, *ends.get(name, ())] for name, values in different.items()}


def _place(spec: Spec, number: int, refusal: ParameterRefusal) -> tuple[str, str]:
    """Returns the field at fault, and the message."""
    parameter, of_parameter = spec.parameters[number], f"parameters[{number}]"
    if refusal.value is None:
        return f"{of_parameter}.{refusal.part}", refusal.message
    if parameter.range is not None:
        return f"{of_parameter}.range", refusal.message
    if spec.rows is not None:
        return "sampling.rows", f"{parameter.name}: {refusal.message}"
    return f"{of_parameter}.values[{refusal.value}]", refusal.message
