"""JSON schemas of the audit log."""

from marshmallow import Schema, fields

from api_service.http.fields import TIME, Timestamp, plain_text
from api_service.http.paging import PageQuery


class AuditSchema(Schema):
    """One entry: an action that was carried out or refused."""

    id = fields.UUID()
    at = Timestamp(metadata=TIME)
    owner = fields.String(allow_none=True, metadata={"description": "Who did it; null when nobody knows."})
    token_id = fields.UUID(allow_none=True, metadata={"description": "What they proved themselves with."})
    session_id = fields.UUID(allow_none=True, metadata={"description": "The session in which they did it."})
    action = fields.String(metadata={"example": "simulation.cancelled"})
    object = fields.String(metadata={"example": "simulations/3f0c…", "description": "What it was done to."})
    address = fields.String(allow_none=True, metadata={"description": "Where the request came from."})
    correlation_id = fields.String(metadata={"description": "The request's X-Request-ID; logs carry it."})
    detail = fields.Dict()


class AuditPageSchema(Schema):
    """The audit log, newest first."""

    items = fields.List(fields.Nested(AuditSchema))
    next_cursor = fields.String(allow_none=True)


class AuditQuery(PageQuery):
    """Query parameters of the audit log."""

    owner = fields.String(load_default=None, validate=plain_text(100))
    action = fields.String(load_default=None, validate=plain_text(100))
    object = fields.String(load_default=None, validate=plain_text(300))
