"""The part of a parameter's schema that is about input files: which input varies, and the names of its files."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from api_service.http.fields import plain_text
from shared.energyplus.modes import INPUT
from shared.enums import InputRole

#: What can vary, by the role of its files.
INPUTS = (InputRole.MODEL.value, InputRole.WEATHER.value)
MAX_NAME_CHARACTERS = 1000


class VariedInput(fields.String):
    """Which input a parameter varies."""

    def __init__(self) -> None:
        super().__init__(
            validate=validate.OneOf(INPUTS, error=f"must be {' or '.join(INPUTS)}"),
            metadata={
                "description": "An input instead of a field: `values` are names of files of this submission, or of "
                "installed weather files. Each run has the file of its variant; without such a parameter, each model "
                "runs with each weather file."
            },
        )


def check_input(parameter: Mapping[str, Any]) -> None:
    """Refuse a range, and values that are no names of files."""
    if parameter["range"] is not None:
        raise ValidationError({"range": ["must not be given together with input, which has names of files as values"]})
    faults: dict[int, list[str]] = {}
    for index, value in enumerate(parameter["values"]):
        try:
            check_file_name(value)
        except ValidationError as error:
            faults[index] = [str(message) for message in error.messages]
    if faults:
        raise ValidationError({"values": faults})


def check_file_name(value: object) -> None:
    """Validates a value of a parameter that varies an input. Raises ValidationError."""
    if not isinstance(value, str):
        raise ValidationError("must be the name of a file")
    plain_text(MAX_NAME_CHARACTERS, minimum=1)(value)


def check_inputs_differ(parameters: list[dict[str, Any]]) -> None:
    """Refuse a second parameter for the same input."""
    first: dict[str, str] = {}
    for number, parameter in enumerate(parameters):
        if parameter["mode"] != INPUT:
            continue
        if (name := first.setdefault(parameter["input"], parameter["name"])) != parameter["name"]:
            said = f"is the input of {name} already; each input has one parameter"
            raise ValidationError({"parameters": {number: {"input": [said]}}})
