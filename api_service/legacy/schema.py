"""Schemas of the old contract for the OpenAPI document; `api_service.legacy.views` writes the responses."""

from typing import Any

from marshmallow import Schema, fields

from api_service.submission.form import ARCHIVES, ZIP

LEGACY_STATUSES = ("pending", "running", "completed", "failed", "cancelled")
#: The old page knows no other status.
PAGE_STATUSES = LEGACY_STATUSES[:-1]
LEGACY_STATES = ("PENDING", "PROGRESS", "SUCCESS", "FAILURE", "REVOKED")

FORM: dict[str, Any] = {
    "schema": {
        "type": "object",
        "description": f"{ARCHIVES}At least one model and exactly one weather file are needed.",
        "properties": {
            "idf_files": {
                "type": "array",
                "items": {"type": "string", "format": "binary"},
                "minItems": 1,
                "description": f"IDF or epJSON files.{ZIP}",
            },
            "weather_file": {"type": "string", "format": "binary", "description": "An EPW file, or a ZIP archive."},
            "name": {"type": "string"},
            "description": {"type": "string"},
            "priority": {"type": "string", "enum": ["low", "normal", "high", "urgent"]},
            "scenario_id": {
                "type": "string",
                "description": "A scenario of the earlier installation (`EPSM_LEGACY_DATABASE_URL`): one run per model "
                "and set of its constructions.",
            },
            "construction_mode": {
                "type": "string",
                "enum": ["", "per_construction"],
                "description": "Sets of a scenario: `per_construction` is one for each construction; empty are all "
                "combinations.",
            },
            "parallel": {"type": "string", "description": "Accepted; changes nothing."},
            "batch_mode": {"type": "string", "description": "Accepted; changes nothing."},
        },
    }
}


class SubmittedSchema(Schema):
    """Response to a submission: the simulation has been queued."""

    simulation_id = fields.UUID()
    task_id = fields.UUID(metadata={"description": "The same as `simulation_id`."})
    message = fields.String()
    file_count = fields.Integer()


class TaskStatusSchema(Schema):
    """State of a task; it has `result` in state SUCCESS and `error` in state FAILURE."""

    task_id = fields.UUID()
    state = fields.String(metadata={"enum": list(LEGACY_STATES)})
    status = fields.String(metadata={"enum": list(LEGACY_STATUSES)})
    progress = fields.Integer()
    current = fields.Integer()
    total = fields.Integer()
    message = fields.String()
    simulation_id = fields.UUID()
    ready = fields.Boolean()
    simulation_status = fields.String(metadata={"enum": list(LEGACY_STATUSES)})
    simulation_progress = fields.Integer()
    result = fields.List(fields.Dict(), metadata={"description": "One item per run, with its main metrics."})
    error = fields.String()


class LegacyStatusSchema(Schema):
    """Status of a simulation; one that was cancelled is `failed`, with the error "Task cancelled by user"."""

    status = fields.String(metadata={"enum": list(PAGE_STATUSES)})
    progress = fields.Integer()
    simulation_id = fields.UUID(data_key="simulationId")
    error = fields.String(allow_none=True)
    error_message = fields.String(allow_none=True)


class TaskCancelledSchema(Schema):
    """Response to a cancellation that has been accepted."""

    status = fields.String(metadata={"enum": ["cancelled"]})
    task_id = fields.UUID()
    message = fields.String()
