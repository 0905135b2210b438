"""What a submission asks of its models about the parameters, and the faults that the answers are. Pure."""

from collections.abc import Iterator, Sequence

from api_service.http.problem import Fault
from api_service.submission.inputs import Candidate
from api_service.submission.spec import Spec
from shared.energyplus.inspection import Inspected
from shared.energyplus.modes import ASSEMBLY, INPUT, MEASURE
from shared.energyplus.preparation.varied import ParameterRefusal, VariedField, VariedMeasure
from shared.spec import ParameterSpec

#: Different values of one column of a table that are checked.
MAX_VALUES = 10_000


def changing(spec: Spec) -> list[tuple[int, ParameterSpec]]:
    """Returns the parameters whose values a model may refuse, with their places in the spec.

    Not a scenario's constructions, and no input files, which change nothing in a model.
    """
    return [(n, parameter) for n, parameter in enumerate(spec.parameters) if parameter.mode not in (ASSEMBLY, INPUT)]


def varied_in(spec: Spec) -> tuple[VariedField | VariedMeasure, ...]:
    """Returns the parameters that change a model, with the values that are checked, in their order."""
    return tuple(_varied(spec, parameter) for _, parameter in changing(spec))


def parameter_faults(spec: Spec, candidate: Candidate, read: Inspected, prefix: str) -> Iterator[Fault]:
    """Yields why the model cannot be varied as asked, by field; `prefix` is the spec's path in the request."""
    for (number, _), checked in zip(changing(spec), read.varied, strict=False):
        for refusal in checked.refusals:
            place, message = _place(spec, number, refusal)
            yield Fault(f"{prefix}{place}", f"{candidate.file.shown}: {message}")


def _varied(spec: Spec, parameter: ParameterSpec) -> VariedField | VariedMeasure:
    values = tuple(_values(spec, parameter))
    if parameter.mode == MEASURE:
        return VariedMeasure(parameter.measure, parameter.options, values)
    return VariedField(parameter.object, parameter.match, parameter.field, parameter.mode, values)


def _values(spec: Spec, parameter: ParameterSpec) -> Sequence[float | str]:
    if parameter.range is not None:
        return parameter.range
    if spec.rows is None:
        return parameter.values
    different: dict[float | str, None] = {}
    for row in spec.rows:
        different[row[parameter.name]] = None
        if len(different) == MAX_VALUES:
            break
    return list(different)


def _place(spec: Spec, number: int, refusal: ParameterRefusal) -> tuple[str, str]:
    """Returns the field at fault, and the message."""
    parameter, of_parameter = spec.parameters[number], f"parameters[{number}]"
    if refusal.value is None:
        return f"{of_parameter}.{refusal.part}", refusal.message
    if parameter.range is None and spec.rows is not None:
        return "sampling.rows", f"{parameter.name}: {refusal.message}"
    return f"{of_parameter}.{'values' if parameter.range is None else 'range'}[{refusal.value}]", refusal.message
