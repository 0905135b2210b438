"""JSON schemas of runs, their messages and their files."""

from marshmallow import Schema, fields, validate

from api_service.http.fields import TIME, Timestamp, plain_text
from api_service.http.paging import MOST_LOOKED_AT, PageQuery
from api_service.runs.metrics import MetricsSchema
from shared.energyplus.verdict import Verdict
from shared.enums import Outcome, Status

STATUSES = [status.value for status in Status]
#: What lists of runs are sorted by.
SORT_KEYS = ("created", "started", "ended", "seconds", "site_eui_kwh_per_m2")
SORTS = [sign + key for key in SORT_KEYS for sign in ("", "-")]
SEVERITIES = ("warning", "severe", "fatal")


class ErrorSchema(Schema):
    """Why a run has no result."""

    code = fields.String(metadata={"example": "fatal"})
    message = fields.String()


class MessageObjectSchema(Schema):
    """An object of a model."""

    class_ = fields.String(data_key="class", attribute="class", metadata={"example": "Lights"})
    name = fields.String(metadata={"description": "Empty when the message names the class alone."})
    line = fields.Integer(
        allow_none=True,
        metadata={
            "description": "Where the object begins in the submitted IDF; null in epJSON, and when the model has no "
            "such object or several."
        },
    )


class MessageSchema(Schema):
    """One distinct message of EnergyPlus."""

    severity = fields.String(metadata={"enum": list(SEVERITIES)})
    text = fields.String()
    count = fields.Integer(metadata={"description": "How often EnergyPlus wrote it."})
    object = fields.Nested(
        MessageObjectSchema,
        allow_none=True,
        metadata={"description": "What the message is about, as far as its text says so."},
    )


class FileSchema(Schema):
    """One output file."""

    name = fields.String()
    size = fields.Integer(metadata={"description": "Bytes."})
    sha256 = fields.String()
    href = fields.String()


class RunLinksSchema(Schema):
    """URLs that belong to a run."""

    self = fields.String()
    simulation = fields.String()
    messages = fields.String()
    attempts = fields.String()
    log = fields.String()
    cancel = fields.String()


class RunSchema(Schema):
    """One EnergyPlus execution: one model, one weather file, one variant."""

    id = fields.UUID()
    simulation_id = fields.UUID()
    index = fields.Integer()
    model = fields.String()
    weather = fields.String()
    parameters = fields.Dict(
        allow_none=True,
        metadata={"description": "The variant: each parameter's value. null when the stored variants are damaged."},
    )
    is_baseline = fields.Boolean(
        metadata={"description": "Whether the model ran as it is, for comparison with its variants."}
    )
    engine = fields.String()
    status = fields.String(metadata={"enum": STATUSES})
    verdict = fields.String(allow_none=True, metadata={"enum": [*(v.value for v in Verdict), None]})
    progress = fields.Integer()
    message = fields.String(
        metadata={"description": "What EnergyPlus is doing, with (estimated) while only time moves the progress."}
    )
    attempt = fields.Integer()
    max_attempts = fields.Integer()
    held_reason = fields.String(allow_none=True, metadata={"description": "Why a queued run may not start yet."})
    worker = fields.String(allow_none=True)
    queued_at = Timestamp(metadata=TIME)
    started_at = Timestamp(allow_none=True, metadata=TIME)
    ended_at = Timestamp(allow_none=True, metadata=TIME)
    cancel_requested_at = Timestamp(allow_none=True, metadata=TIME)
    reused_from = fields.UUID(
        allow_none=True,
        metadata={
            "description": "The identical run whose result this is, and which may have been deleted since; null for a "
            "run that was executed."
        },
    )
    is_reused = fields.Boolean(metadata={"description": "Whether the result is that of an identical run."})
    seconds = fields.Float(
        allow_none=True, metadata={"description": "How long the last attempt took, once the run has ended."}
    )
    error = fields.Nested(ErrorSchema, allow_none=True)
    messages = fields.List(
        fields.Nested(MessageSchema), metadata={"description": "The first ones, most severe first; see `links`."}
    )
    files = fields.List(fields.Nested(FileSchema))
    metrics = fields.Nested(MetricsSchema, allow_none=True, metadata={"description": "null until succeeded."})
    links = fields.Nested(RunLinksSchema)


class RunPageSchema(Schema):
    """Runs in the order of `sort`; without it those of the newest simulation first, inside a simulation by index."""

    items = fields.List(fields.Nested(RunSchema))
    next_cursor = fields.String(allow_none=True)


class RunQuery(PageQuery):
    """Query parameters of the list of a simulation's runs."""

    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    sort = fields.String(
        load_default=None,
        validate=validate.OneOf(SORTS),
        metadata={
            "description": "`-` for descending. Runs without a value come last, equal ones are ordered by id; those of "
            "one simulation were created at once and are ordered by index. Empty: `-created`."
        },
    )
    q = fields.String(
        load_default=None,
        validate=plain_text(100),
        metadata={
            "description": "Part of the model's name, of the message or of the error's message, in any case. "
            "With this, with `sort` or a time, and with `status`, `engine` or `worker` in the list of all runs, a page "
            "may have fewer runs than `limit`, even none, and still a `next_cursor`: a page looks at no more than "
            f"{MOST_LOOKED_AT:,} runs. Running runs alone are all found."
        },
    )
    started_after = Timestamp(load_default=None, metadata=TIME)
    started_before = Timestamp(load_default=None, metadata=TIME)
    ended_after = Timestamp(load_default=None, metadata=TIME)
    ended_before = Timestamp(load_default=None, metadata=TIME)


class AllRunsQuery(RunQuery):
    """Query parameters of the list of all runs."""

    simulation_id = fields.UUID(load_default=None)
    owner = fields.String(load_default=None, validate=plain_text(100))
    engine = fields.String(load_default=None, validate=plain_text(100))
    worker = fields.String(load_default=None, validate=plain_text(200))


class MessagePageSchema(Schema):
    """Messages, most severe first."""

    items = fields.List(fields.Nested(MessageSchema))
    next_cursor = fields.String(allow_none=True)


class MessageQuery(PageQuery):
    """Query parameters of the list of a run's messages."""

    severity = fields.String(load_default=None, validate=validate.OneOf(SEVERITIES))


class AttemptSchema(Schema):
    """One try at a run by one worker."""

    number = fields.Integer()
    worker = fields.String()
    started_at = Timestamp(metadata=TIME)
    ended_at = Timestamp(allow_none=True, metadata=TIME)
    outcome = fields.String(
        allow_none=True,
        metadata={
            "enum": [*(outcome.value for outcome in Outcome), None],
            "description": "null: it goes on. infrastructure: a fault that the model did not cause. lost: the worker "
            "stopped answering. drained: the worker was stopped and gave the run back. reused: the run got the "
            "result of an identical one. twin: given back, because an identical run was running.",
        },
    )
    error_message = fields.String(allow_none=True)
    phases = fields.Dict(
        keys=fields.String(),
        values=fields.Float(),
        metadata={"description": "Seconds by phase, where the worker measured them.", "example": {"engine": 8.2}},
    )


class AttemptPageSchema(Schema):
    """Attempts, the last one first."""

    items = fields.List(fields.Nested(AttemptSchema))
    next_cursor = fields.String(allow_none=True)


class ReasonSchema(Schema):
    """One reason why a run is not running, or has not succeeded."""

    code = fields.String(
        metadata={
            "description": "queued: backoff, held, twin_running, dependency, breaker_open, earlier_attempt, paused, "
            "no_worker, no_fit_worker, owner_limit, published, waiting. running: running, cancel_requested. cancelled: "
            "cancelled, dependency_failed. failed: the code of its error.",
            "example": "waiting",
        }
    )
    text = fields.String(metadata={"example": "It waits in the queue of engine 25.2.0, with 12 runs before it."})
    until = Timestamp(allow_none=True, metadata={**TIME, "description": "When the reason ends, where that is known."})


class WhySchema(Schema):
    """Why a run is not running, or has not succeeded; without reasons for one that has."""

    status = fields.String(metadata={"enum": STATUSES})
    reasons = fields.List(fields.Nested(ReasonSchema), metadata={"description": "The most important one first."})
