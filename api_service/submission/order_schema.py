"""Schemas of what stops and what starts the runs of a submission: failures, and the end of another simulation."""

from marshmallow import Schema, fields, validate

from api_service.http.fields import StrictBoolean, StrictInteger
from shared.spec import END, SUCCESS

#: The largest number of failures after which a simulation stops.
LARGEST_COUNT = 1_000_000


class StopSchema(Schema):
    """The circuit breaker: after how many failed runs the rest is held."""

    count = StrictInteger(
        required=True,
        validate=validate.Range(min=1, max=LARGEST_COUNT, error=f"must be from 1 to {LARGEST_COUNT}"),
        metadata={"type": "integer", "minimum": 1, "maximum": LARGEST_COUNT, "example": 20},
    )
    same_cause = StrictBoolean(
        load_default=True,
        metadata={"type": "boolean", "description": "Whether only failures count that have one cause."},
    )


class DependencySchema(Schema):
    """The simulation that has to end before the runs of this one start."""

    simulation = fields.UUID(required=True)
    when = fields.String(
        load_default=SUCCESS,
        validate=validate.OneOf((SUCCESS, END), error=f"must be {SUCCESS} or {END}"),
        metadata={
            "enum": [SUCCESS, END],
            "description": "`success`: all its runs have to succeed, otherwise this simulation is cancelled; `end`: "
            "however it ends.",
        },
    )


class OrderSchema(Schema):
    """The part of a spec that says when runs stop and start."""

    stop_after_failures = fields.Nested(
        StopSchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "The rest of the runs is held when so many have failed, until it is released."},
    )
    depends_on = fields.Nested(
        DependencySchema,
        load_default=None,
        allow_none=True,
        metadata={"description": "No run starts before another simulation has ended."},
    )
