"""JSON schemas of workers, queues and pauses."""

from marshmallow import Schema, fields

from api_service.http.fields import TIME, Timestamp, plain_text
from shared.enums import WorkerStatus


class WorkerSchema(Schema):
    """One worker process."""

    id = fields.String()
    host = fields.String()
    pid = fields.Integer()
    engine = fields.String()
    concurrency = fields.Integer(metadata={"description": "Runs it can have at once."})
    running = fields.Integer(metadata={"description": "Runs it has."})
    version = fields.String()
    status = fields.String(
        metadata={
            "enum": [*(status.value for status in WorkerStatus), "lost"],
            "description": "unfit: it has found that it cannot carry out runs. draining: it takes no more runs. "
            "drained: it was asked to, and has none left. lost: silent for two leases.",
        }
    )
    reason = fields.String(allow_none=True, metadata={"description": "Why it could carry out no run."})
    started_at = Timestamp(metadata=TIME)
    beat_at = Timestamp(metadata=TIME)
    drain_requested_at = Timestamp(allow_none=True, metadata=TIME)


class WorkersSchema(Schema):
    """All workers, the newest first."""

    items = fields.List(fields.Nested(WorkerSchema))


class QueueSchema(Schema):
    """The queue of one engine."""

    engine = fields.String()
    queued = fields.Integer(metadata={"description": "All that have not started."})
    published = fields.Integer(metadata={"description": "Those of them that RabbitMQ has been given."})
    running = fields.Integer()
    slots = fields.Integer(metadata={"description": "Runs that the workers that take runs can have at once."})
    paused = fields.Boolean(metadata={"description": "No run starts until somebody resumes the engine or the fleet."})
    reason = fields.String(allow_none=True, metadata={"description": "Why it was paused, if somebody said so."})
    since = Timestamp(allow_none=True, metadata=TIME)
    waiting = fields.Integer(
        allow_none=True, metadata={"description": "Messages in RabbitMQ with no worker; null when it is away."}
    )
    waiting_unknown = fields.String(allow_none=True, metadata={"description": "Why `waiting` is null."})


class QueuesSchema(Schema):
    """The queues of all engines."""

    items = fields.List(fields.Nested(QueueSchema))


ENGINE = {"description": "One engine's version; without it the whole fleet is meant."}


class ResumeSchema(Schema):
    """Request body of a resume."""

    engine = fields.String(validate=plain_text(50, minimum=1), metadata=ENGINE)


class PauseRequestSchema(ResumeSchema):
    """Request body of a pause."""

    reason = fields.String(validate=plain_text(500), metadata={"description": "For people."})


class PauseSchema(Schema):
    """One pause."""

    engine = fields.String(allow_none=True, metadata={"description": "null: every engine."})
    reason = fields.String(allow_none=True)
    since = Timestamp(metadata=TIME)


class PausesSchema(Schema):
    """All pauses."""

    items = fields.List(fields.Nested(PauseSchema))
