"""JSON schemas of estimated times."""

from marshmallow import Schema, fields

from api_service.submission.estimate import Basis


class QuantilesSchema(Schema):
    """Seconds, with their spread."""

    p50 = fields.Float(metadata={"description": "Exceeded in half of all cases."})
    p90 = fields.Float(metadata={"description": "Exceeded in one of ten cases."})


class EstimateSchema(Schema):
    """How long runs will take."""

    run_seconds = fields.Nested(QuantilesSchema, metadata={"description": "Of one run, on a worker."})
    total_seconds = fields.Nested(
        QuantilesSchema,
        allow_none=True,
        metadata={
            "description": "Of all runs, on the slots of all workers that take runs, as if nothing else waited or ran; "
            "null without runs or when no worker has the engine of a model."
        },
    )
    basis = fields.String(
        metadata={
            "enum": [basis.value for basis in Basis],
            "description": "history: runs of yours of the same models, engine and period; model_features: sizes, "
            "systems and steps of at least one model.",
        }
    )
    error_percent = fields.Integer(
        metadata={"description": "Half of such estimates of a run are off by no more than this."}
    )
