"""JSON schemas of simulations, and query parameters of their list."""

from marshmallow import Schema, fields, validate

from api_service.http.fields import TIME, StrictBoolean, Timestamp, plain_text
from api_service.http.paging import MOST_LOOKED_AT, PageQuery
from api_service.runs.schema import STATUSES
from api_service.submission.estimate_schema import QuantilesSchema
from api_service.submission.schema import Band
from shared.enums import InputRole, Priority


class CountsSchema(Schema):
    """Runs by status; they add up to the total."""

    total = fields.Integer()
    queued = fields.Integer()
    running = fields.Integer()
    succeeded = fields.Integer()
    failed = fields.Integer()
    cancelled = fields.Integer()


class SimulationLinksSchema(Schema):
    """URLs that belong to a simulation."""

    self = fields.String()
    runs = fields.String()
    cancel = fields.String()
    retry = fields.String()


class BreakerSchema(Schema):
    """An open circuit breaker."""

    opened_at = Timestamp(metadata=TIME)
    failures = fields.Integer(metadata={"description": "Failed runs that opened it."})
    same_cause = fields.Boolean(metadata={"description": "Whether they failed for one cause."})
    code = fields.String(metadata={"description": "Code of the error of the last of them."})
    message = fields.String(metadata={"description": "Its text, at most 500 characters."})
    run_id = fields.UUID()


class SimulationSchema(Schema):
    """A simulation, as lists show it."""

    id = fields.UUID()
    task_id = fields.UUID(metadata={"description": "The same as `id`, as the contract of earlier clients names it."})
    name = fields.String()
    description = fields.String()
    owner = fields.String()
    status = fields.String(metadata={"enum": STATUSES})
    priority = fields.String(attribute="priority.word", metadata={"enum": [p.word for p in Priority]})
    progress = fields.Integer(metadata={"description": "Percent of all runs; 100 only when all have ended."})
    counts = fields.Nested(CountsSchema)
    round = fields.Integer(metadata={"description": "Starts at 1; each retry adds one."})
    engines = fields.List(fields.String())
    created_at = Timestamp(metadata=TIME)
    started_at = Timestamp(allow_none=True, metadata=TIME)
    ended_at = Timestamp(allow_none=True, metadata=TIME)
    cancel_requested_at = Timestamp(allow_none=True, metadata=TIME)
    held_at = Timestamp(
        allow_none=True,
        metadata={**TIME, "description": "Since when a user holds its queued runs; null: not held by a user."},
    )
    circuit_breaker = fields.Nested(
        BreakerSchema,
        allow_none=True,
        metadata={"description": "Why the rest of its runs is held until it is released; null: nothing is held."},
    )
    waits_for = fields.UUID(
        allow_none=True, metadata={"description": "The simulation that has to end first; null: its runs may start."}
    )
    dependency_error = fields.String(
        allow_none=True, metadata={"description": "Why it was cancelled: what it depended on did not end as asked."}
    )
    links = fields.Nested(SimulationLinksSchema)


class SimulationChangeSchema(Schema):
    """What of a queued or running simulation is changed."""

    priority = Band(
        metadata={
            "enum": [p.word for p in Priority],
            "description": "For the runs that wait; those that were sent to a worker already keep their place.",
        }
    )
    hold = StrictBoolean(
        metadata={
            "type": "boolean",
            "description": "true: no queued run starts; false: they may start again, also after many failures.",
        }
    )


class InputSchema(Schema):
    """An input file of a simulation."""

    role = fields.String(metadata={"enum": [role.value for role in InputRole if role is not InputRole.DESIGN]})
    name = fields.String()
    sha256 = fields.String()
    size = fields.Integer()
    href = fields.String()


class LimitsViewSchema(Schema):
    """Longest times for one run, in seconds."""

    soft_seconds = fields.Float()
    hard_seconds = fields.Float()


class SimulationDetailSchema(SimulationSchema):
    """A simulation with its inputs and its spec."""

    inputs = fields.List(fields.Nested(InputSchema))
    time_left_seconds = fields.Nested(
        QuantilesSchema,
        attribute="time_left",
        allow_none=True,
        metadata={
            "description": "Until the last run has ended, at the pace of its latest runs; null while none is running, "
            "before one has got far enough, and while its queued runs are held."
        },
    )
    spec = fields.Dict(metadata={"description": "What was asked for, with every default filled in."})
    limits = fields.Nested(LimitsViewSchema)
    correlation_id = fields.String(metadata={"description": "The X-Request-ID of the submission; logs carry it."})


class SimulationPageSchema(Schema):
    """Simulations, in the order asked for."""

    items = fields.List(fields.Nested(SimulationSchema))
    next_cursor = fields.String(allow_none=True)


class SimulationQuery(PageQuery):
    """Query parameters of the list of simulations."""

    sort = fields.String(
        load_default="-created",
        validate=validate.OneOf(("created", "-created")),
        metadata={"description": "`-` for descending; those that were created at once are ordered by id."},
    )
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    name = fields.String(
        load_default=None,
        validate=plain_text(200),
        metadata={
            "description": "Part of the name, in any case. With this, a page may have fewer simulations than `limit`, "
            f"even none, and still a `next_cursor`: a page looks at no more than {MOST_LOOKED_AT:,} simulations."
        },
    )
    owner = fields.String(load_default=None, validate=plain_text(100))
    created_after = Timestamp(load_default=None, metadata=TIME)
    created_before = Timestamp(load_default=None, metadata=TIME)
