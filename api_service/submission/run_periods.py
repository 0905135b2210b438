"""Check of a spec: parameters of run periods that `annual` would undo."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from shared.energyplus.preparation.period import is_replaced

MESSAGE = "annual replaces or leaves out the model's run periods; leave annual out to vary this field"


def check_run_periods(spec: Mapping[str, Any]) -> None:
    """Raises ValidationError with the field of each such parameter."""
    undone = [
        number
        for number, parameter in enumerate(spec["parameters"])
        if parameter.get("object", "").lower() == "runperiod"
        and is_replaced(parameter.get("field", ""), spec["annual"])
    ]
    if undone:
        raise ValidationError({"parameters": {number: {"field": [MESSAGE]} for number in undone}})
