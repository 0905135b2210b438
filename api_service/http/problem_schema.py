"""Schemas of errors for the OpenAPI document; `api_service.http.problem` writes the errors."""

from marshmallow import Schema, fields


class FaultSchema(Schema):
    """An error in one field of the request."""

    field = fields.String(required=True, metadata={"example": "models[2]"})
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True, metadata={"example": "about:blank"})
    title = fields.String(required=True, metadata={"example": "Unprocessable Entity"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FaultSchema), metadata={"description": "The fields at fault, at most 100."})


class LegacyErrorSchema(Schema):
    """Errors of the old contract."""

    error = fields.String(required=True, metadata={"example": "Missing required files"})
    message = fields.String(metadata={"description": "The same, at the addresses that read models."})
    errors = fields.List(fields.Nested(FaultSchema), metadata={"description": "The fields at fault, at most 100."})
