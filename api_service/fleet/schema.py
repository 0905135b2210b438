"""JSON schemas of workers, queues and pauses."""

from marshmallow import Schema, fields

from api_service.http.fields import TIME, Timestamp, plain_text
from shared.enums import Outcome, WorkerStatus


class WorkerSchema(Schema):
    """One worker process."""

    id = fields.String()
    host = fields.String()
    pid = fields.Integer()
    engine = fields.String()
    concurrency = fields.Integer(metadata={"description": "Runs it can execute at the same time."})
    running = fields.Integer(metadata={"description": "Runs it is executing."})
    version = fields.String()
    status = fields.String(
        metadata={
            "enum": [*(status.value for status in WorkerStatus), "lost"],
            "description": "unfit: it has reported that it cannot execute runs. draining: it takes no new runs. "
            "drained: draining was requested, and it has no runs left. lost: no heartbeat for two leases.",
        }
    )
    reason = fields.String(allow_none=True, metadata={"description": "Why it cannot execute runs."})
    started_at = Timestamp(metadata=TIME)
    beat_at = Timestamp(metadata=TIME)
    drain_requested_at = Timestamp(allow_none=True, metadata=TIME)
    memory_bytes = fields.Integer(
        attribute="usage.memory_bytes",
        dump_default=None,
        allow_none=True,
        metadata={"description": "Memory of the worker's process without EnergyPlus; null for older workers."},
    )
    cpu_percent = fields.Float(
        attribute="usage.cpu_percent",
        dump_default=None,
        allow_none=True,
        metadata={"description": "Share of one core that the process used since the beat before, without EnergyPlus."},
    )
    ended = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        attribute="usage.ended",
        dump_default=None,
        allow_none=True,
        metadata={
            "description": "Attempts that it has ended since its start, by outcome; null for older workers.",
            "example": {outcome.value: 0 for outcome in Outcome},
        },
    )


class WorkersSchema(Schema):
    """All workers, the newest first."""

    items = fields.List(fields.Nested(WorkerSchema))


class QueueSchema(Schema):
    """The queue of one engine."""

    engine = fields.String()
    queued = fields.Integer(metadata={"description": "All runs that have not started."})
    published = fields.Integer(metadata={"description": "Queued runs that were published to RabbitMQ."})
    running = fields.Integer()
    slots = fields.Integer(
        metadata={"description": "Runs that all workers accepting runs can execute at the same time."}
    )
    paused = fields.Boolean(
        metadata={"description": "Whether runs are kept from starting until the engine or the fleet is resumed."}
    )
    reason = fields.String(allow_none=True, metadata={"description": "Reason given with the pause."})
    since = Timestamp(allow_none=True, metadata=TIME)
    waiting = fields.Integer(
        allow_none=True,
        metadata={
            "description": "Messages in RabbitMQ that no worker has received; null when RabbitMQ is unreachable."
        },
    )
    waiting_unknown = fields.String(allow_none=True, metadata={"description": "Why `waiting` is null."})


class QueuesSchema(Schema):
    """The queues of all engines."""

    items = fields.List(fields.Nested(QueueSchema))


ENGINE = {"description": "Version of one engine; without it, the whole fleet."}


class ResumeSchema(Schema):
    """Request body of a resume."""

    engine = fields.String(validate=plain_text(50, minimum=1), metadata=ENGINE)


class PauseRequestSchema(ResumeSchema):
    """Request body of a pause."""

    reason = fields.String(
        validate=plain_text(500), metadata={"description": "Free text, shown wherever the pause is shown."}
    )


class PauseSchema(Schema):
    """One pause."""

    engine = fields.String(allow_none=True, metadata={"description": "null: every engine."})
    reason = fields.String(allow_none=True)
    since = Timestamp(metadata=TIME)


class PausesSchema(Schema):
    """All pauses."""

    items = fields.List(fields.Nested(PauseSchema))


class PurgeSchema(Schema):
    """Request body of a purge."""

    confirm = fields.String(
        metadata={"description": "The engine once more, because what is purged is cancelled.", "example": "25.2.0"}
    )


class PurgedSchema(Schema):
    """What a purge has done."""

    engine = fields.String()
    cancelled = fields.Integer(metadata={"description": "Runs that were queued and are cancelled now."})
