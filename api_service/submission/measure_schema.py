"""The part of a parameter's schema that is about measures: names, options and values by the registry."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import ValidationError, fields

from shared.energyplus.measures.registry import MEASURES
from shared.energyplus.measures.request import unknown_measure, wrong_options, wrong_value
from shared.energyplus.modes import INPUT, MEASURE

#: What a parameter has that varies a field, and must have.
FIELD_KEYS, REQUIRED_KEYS = ("object", "match", "field", "mode"), ("object", "field")
#: What a parameter has instead, and what it then must not have.
OTHER_KEYS = {"measure": (*FIELD_KEYS, "input"), "input": (*FIELD_KEYS, "options")}
MODES_OF_KINDS = {"measure": MEASURE, "input": INPUT}
MEASURES_TEXT = "A measure instead of a field. " + " ".join(
    f"`{measure.name}`, {measure.range_text}: {measure.text}" for measure in MEASURES.values()
)


def _option_texts() -> Iterator[str]:
    for measure in MEASURES.values():
        for option in measure.options:
            choices = f", one of {', '.join(option.choices)}" if option.choices else ""
            yield f"`{option.name}` of `{measure.name}`{choices}: {option.text}"


class MeasureName(fields.String):
    """The name of a measure."""

    def __init__(self) -> None:
        super().__init__(metadata={"enum": list(MEASURES), "description": MEASURES_TEXT})

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        name: str = super()._deserialize(value, *args, **kwargs)
        if reason := unknown_measure(name):
            raise ValidationError(reason)
        return name


class MeasureOptions(fields.Dict):
    """Options of a measure by their names; which it has and what they may be is checked with the measure."""

    def __init__(self) -> None:
        values = fields.Raw(metadata={"oneOf": [{"type": kind} for kind in ("boolean", "number", "string")]})
        text = " ".join(("Options of the measure.", *_option_texts()))
        super().__init__(keys=fields.String(), values=values, metadata={"description": text})


def check_kind(given: object) -> None:
    """Refuse a parameter as a client sends it that varies not exactly one of a field, a measure and an input."""
    if not isinstance(given, Mapping):
        return
    if kind := next((kind for kind in OTHER_KEYS if kind in given), None):
        faults = {name: [f"must not be given together with {kind}"] for name in OTHER_KEYS[kind] if name in given}
    else:
        faults = {name: ["is required, or measure or input instead"] for name in REQUIRED_KEYS if name not in given}
        if "options" in given:
            faults["options"] = ["are those of a measure, and there is none"]
    if faults:
        raise ValidationError(faults)


def check_measure(parameter: Mapping[str, Any]) -> None:
    """Refuse options and values that the measure of a parameter does not take."""
    measure = MEASURES[parameter["measure"]]
    faults: dict[str, Any] = {}
    if wrong := wrong_options(measure, parameter.get("options", {})):
        faults["options"] = {name: [reason] for name, reason in wrong.items()}
    values = {index: wrong_value(measure, value) for index, value in enumerate(parameter["values"])}
    if wrong_ones := {index: [reason] for index, reason in values.items() if reason}:
        faults["values"] = wrong_ones
    ends = {index: wrong_value(measure, end) for index, end in enumerate(parameter["range"] or ())}
    if wrong_ends := {index: [reason] for index, reason in ends.items() if reason}:
        faults["range"] = wrong_ends
    if faults:
        raise ValidationError(faults)


def with_mode(parameter: dict[str, Any]) -> dict[str, Any]:
    """A parameter as it is stored: one with a measure or an input has its mode and no field."""
    mode = next((mode for kind, mode in MODES_OF_KINDS.items() if kind in parameter), None)
    if mode is None:
        return parameter
    return {name: value for name, value in parameter.items() if name not in FIELD_KEYS} | {"mode": mode}
