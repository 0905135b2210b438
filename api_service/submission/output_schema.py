"""Schemas of a spec's time series: the profile, and output variables and meters."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api_service.http.fields import idf_name
from shared.energyplus.frequencies import DEFAULT_FREQUENCY, FREQUENCIES, spelled
from shared.energyplus.modes import ANY
from shared.energyplus.profiles import DEFAULT_PROFILE, PROFILES


class ProfileName(fields.String):
    """A profile of outputs by its name."""

    def __init__(self) -> None:
        text = "; ".join(f"`{name}`: {text}" for name, text in PROFILES.items())
        super().__init__(
            load_default=DEFAULT_PROFILE,
            validate=validate.OneOf(list(PROFILES), error=f"must be one of {', '.join(PROFILES)}"),
            metadata={"description": f"The time series of each run. {text}."},
        )


class Frequency(fields.String):
    """A reporting frequency; upper and lower case are equivalent, as in EnergyPlus."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        frequency = spelled(super()._deserialize(value, *args, **kwargs))
        if frequency is None:
            raise ValidationError(f"must be one of {', '.join(FREQUENCIES)}")
        return frequency


class OutputSchema(Schema):
    """One output variable to report."""

    variable = fields.String(required=True, validate=idf_name, metadata={"example": "Zone Mean Air Temperature"})
    key = fields.String(load_default=ANY, validate=idf_name)
    frequency = Frequency(load_default=DEFAULT_FREQUENCY, metadata={"enum": list(FREQUENCIES)})
