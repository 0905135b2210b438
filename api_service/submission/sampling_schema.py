"""Schema of the spec's `sampling`, and of the values of parameters. `design.py` checks how they go together."""

import math
from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api_service.http.fields import StrictBoolean, StrictInteger, idf_name, is_number
from api_service.submission.input_schema import check_file_name
from shared.energyplus.modes import INPUT, SET
from shared.spec import DEFAULT_METHOD
from shared.study import METHODS

#: A Sobol sequence has no more points; far above every limit of runs.
MAX_COUNT = 2**30
#: Every JSON reader keeps such a number exact.
MAX_SEED = 2**53 - 1
NUMBER_OR_TEXT = {"oneOf": [{"type": "number"}, {"type": "string"}]}


class RowsField(fields.Field[list[Any]]):
    """The rows of a table, each an object; `table.py` checks their values."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise ValidationError("must be a list of at least one row")
        for index, row in enumerate(value):
            if not isinstance(row, dict):
                raise ValidationError({index: ["must be an object with a value of each parameter"]})
        return value


class Range(fields.Field[list[float]]):
    """The numbers from low to high."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[float]:
        if not isinstance(value, list) or len(value) != 2:
            raise ValidationError("must be two numbers: low and high")
        if wrong := {index: ["must be a number"] for index, end in enumerate(value) if not is_number(end)}:
            raise ValidationError(wrong)
        low, high = map(float, value)
        if low >= high:
            raise ValidationError("low must be below high")
        if not math.isfinite(high - low):
            raise ValidationError("low and high are too far apart")
        return [low, high]


class SamplingSchema(Schema):
    """The method that makes variants of the parameters' values, and its options."""

    method = fields.String(
        load_default=DEFAULT_METHOD,
        validate=validate.OneOf(list(METHODS), error=f"must be one of {', '.join(METHODS)}"),
        metadata={"description": " ".join(f"`{name}`: {method.text}" for name, method in METHODS.items())},
    )
    count = StrictInteger(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1, max=MAX_COUNT, error=f"must be 1 to {MAX_COUNT}"),
        metadata={"type": "integer", "description": "How many; what of, the method says."},
    )
    seed = StrictInteger(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=0, max=MAX_SEED, error=f"must be 0 to {MAX_SEED}"),
        metadata={
            "type": "integer",
            "description": "The same seed gives the same values. Without one the server draws one, which is in the "
            "simulation's `spec`.",
        },
    )
    rows = RowsField(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "array",
            "items": {"type": "object", "additionalProperties": NUMBER_OR_TEXT},
            "description": "For `table`: a value of each parameter by its name, row by row.",
        },
    )
    second_order = StrictBoolean(
        load_default=False,
        metadata={"type": "boolean", "description": "For `saltelli`: also runs for indices of the second order."},
    )


def check_values(values: Sequence[object], mode: str) -> None:
    """Validates a parameter's list of values. Raises ValidationError."""
    faults: dict[int, list[str]] = {}
    for index, value in enumerate(values):
        try:
            check_value(value, mode)
        except ValidationError as error:
            faults[index] = [str(message) for message in error.messages]
    if faults:
        raise ValidationError({"values": faults})


def check_value(value: object, mode: str) -> None:
    """Validates one value of a parameter. Raises ValidationError."""
    if mode == INPUT:
        check_file_name(value)
        return
    if is_number(value):
        return
    if mode != SET:
        raise ValidationError(f"must be a number, because the mode is {mode}")
    if not isinstance(value, str):
        raise ValidationError("must be a finite number or a text")
    idf_name(value)
