"""Workers, queues and the service's own health as JSON."""

from marshmallow import Schema, fields

from api_service.schemas.fields import Timestamp
from api_service.schemas.simulation import TIME


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
        metadata={"enum": ["ready", "draining", "stopped", "lost"], "description": "lost: silent for two leases."}
    )
    started_at = Timestamp(metadata=TIME)
    beat_at = Timestamp(metadata=TIME)


class WorkersSchema(Schema):
    """All workers, the newest first."""

    items = fields.List(fields.Nested(WorkerSchema))


class QueueSchema(Schema):
    """The runs of one engine."""

    engine = fields.String()
    queued = fields.Integer(metadata={"description": "All that have not started."})
    published = fields.Integer(metadata={"description": "Those of them that RabbitMQ has been given."})
    running = fields.Integer()
    slots = fields.Integer(metadata={"description": "Runs that the live workers can have at once."})
    waiting = fields.Integer(
        allow_none=True, metadata={"description": "Messages in RabbitMQ with no worker; null when it is away."}
    )
    waiting_unknown = fields.String(allow_none=True, metadata={"description": "Why `waiting` is null."})


class QueuesSchema(Schema):
    """The queues of all engines."""

    items = fields.List(fields.Nested(QueueSchema))


class HealthSchema(Schema):
    """The process lives."""

    status = fields.String(metadata={"enum": ["ok"]})


class PartSchema(Schema):
    """One part of the service."""

    ok = fields.Boolean()
    detail = fields.String(allow_none=True)


class PartsSchema(Schema):
    """The parts that the API stands on; it can do without the broker for a while."""

    database = fields.Nested(PartSchema)
    storage = fields.Nested(PartSchema)
    broker = fields.Nested(PartSchema)


class ReadySchema(Schema):
    """Whether requests can be answered."""

    status = fields.String(metadata={"enum": ["ready", "unready"]})
    parts = fields.Nested(PartsSchema)
