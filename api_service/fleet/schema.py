"""JSON schemas of workers, queues and pauses."""

from marshmallow import Schema, fields, validate

from api_service.http.fields import TIME, Timestamp, plain_text
from api_service.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from shared.enums import Outcome, Status, WorkerStatus


class WorkerRunSchema(Schema):
    """A run that a worker is executing."""

    id = fields.UUID()
    simulation_id = fields.UUID()
    index = fields.Integer()
    model = fields.String()
    weather = fields.String()
    progress = fields.Integer(metadata={"description": "Percent."})
    started_at = Timestamp(metadata=TIME)


class WorkerSchema(Schema):
    """One worker process."""

    id = fields.String()
    host = fields.String()
    pid = fields.Integer()
    engine = fields.String()
    concurrency = fields.Integer(metadata={"description": "Runs it can execute at the same time."})
    running = fields.Integer(metadata={"description": "Number of runs it is executing."})
    runs = fields.List(
        fields.Nested(WorkerRunSchema),
        metadata={"description": "Those of these runs that the requester may see, the longest going first."},
    )
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
    consumers = fields.Integer(
        allow_none=True, metadata={"description": "Subscriptions of workers; an unfit or draining worker has none."}
    )
    dead_letters = fields.Integer(
        allow_none=True, metadata={"description": "Messages that RabbitMQ has put aside, such as unreadable ones."}
    )
    waiting_unknown = fields.String(
        allow_none=True, metadata={"description": "Why `waiting`, `consumers` and `dead_letters` are null."}
    )
    unacked = fields.Integer(
        allow_none=True,
        metadata={
            "description": "Messages that workers have and have not acknowledged: those of their runs, and those that "
            "they fetched ahead. Null without RabbitMQ's management API (`EPSM_BROKER_MANAGEMENT_URL`)."
        },
    )
    in_per_second = fields.Float(
        allow_none=True,
        metadata={"description": "Messages published in the last seconds, per second; null as `unacked` is."},
    )
    out_per_second = fields.Float(
        allow_none=True,
        metadata={"description": "Messages acknowledged in the last seconds, per second; null as `unacked` is."},
    )
    traffic_unknown = fields.String(
        allow_none=True, metadata={"description": "Why `unacked`, `in_per_second` and `out_per_second` are null."}
    )
    oldest_queued_at = Timestamp(
        allow_none=True,
        metadata={
            **TIME,
            "description": "Since when the run waits that has waited longest, held ones left out; null: none waits.",
        },
    )


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


class DeadLetterQuery(Schema):
    """Query parameters of the list of dead letters."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "Most items in the answer: the oldest ones."},
    )


class DeadLetterSchema(Schema):
    """A message that RabbitMQ has put aside."""

    id = fields.String(metadata={"description": "Derived from the message's content, so equal for equal messages."})
    reason = fields.String(
        allow_none=True,
        metadata={
            "description": "RabbitMQ's word. rejected: no worker could read it. delivery_limit: it came back too often "
            "(quorum queues). expired, maxlen: a policy of RabbitMQ.",
            "example": "rejected",
        },
    )
    died_at = Timestamp(allow_none=True, metadata={**TIME, "description": "When RabbitMQ put it aside first."})
    sent_at = Timestamp(allow_none=True, metadata={**TIME, "description": "When it was sent, as it says itself."})
    run_id = fields.UUID(allow_none=True, metadata={"description": "null: it is no message about a run."})
    simulation_id = fields.UUID(allow_none=True, metadata={"description": "null: there is no such run any more."})
    run_status = fields.String(allow_none=True, metadata={"enum": [*(s.value for s in Status), None]})
    text = fields.String(metadata={"description": "The beginning of the message."})


class DeadLettersSchema(Schema):
    """The oldest dead letters of an engine's queue."""

    engine = fields.String()
    items = fields.List(fields.Nested(DeadLetterSchema))


class RequeueSchema(Schema):
    """Request body of a requeue."""

    id = fields.String(
        validate=plain_text(100, minimum=1), metadata={"description": "Id of one dead letter; without it, all of them."}
    )


class RequeuedSchema(Schema):
    """What a requeue has done."""

    engine = fields.String()
    requeued = fields.Integer(metadata={"description": "Runs that were still queued: new messages are sent for them."})
    over = fields.Integer(
        metadata={"description": "Messages whose run had started, had ended or was deleted; they are dropped."}
    )
    unreadable = fields.Integer(
        metadata={"description": "Messages that name no run; they are dropped only when they are named by `id`."}
    )
    remaining = fields.Integer(metadata={"description": "Dead letters that are left."})
