"""JSON schemas of the audit log."""

from marshmallow import Schema, fields

from api_service.http.fields import TIME, Timestamp, plain_text
from api_service.http.paging import MOST_LOOKED_AT, PageQuery


class AuditSchema(Schema):
    """One entry: an action that was carried out or refused."""

    id = fields.UUID()
    at = Timestamp(metadata=TIME)
    owner = fields.String(allow_none=True, metadata={"description": "Who did it; null when unknown."})
    token_id = fields.UUID(allow_none=True, metadata={"description": "Token that authenticated the request."})
    session_id = fields.UUID(allow_none=True, metadata={"description": "Session that authenticated the request."})
    action = fields.String(metadata={"example": "simulation.cancelled"})
    object = fields.String(metadata={"example": "simulations/3f0c…", "description": "What was changed."})
    address = fields.String(allow_none=True, metadata={"description": "IP address of the client."})
    correlation_id = fields.String(metadata={"description": "The request's X-Request-ID; logs carry it."})
    detail = fields.Dict(
        metadata={
            "description": "Differs by action. In a refusal, `omitted` counts others of the same minute that have "
            "no entry of their own."
        }
    )


class AuditPageSchema(Schema):
    """The audit log, newest first."""

    items = fields.List(fields.Nested(AuditSchema))
    next_cursor = fields.String(allow_none=True)


class AuditQuery(PageQuery):
    """Query parameters of the audit log."""

    owner = fields.String(load_default=None, validate=plain_text(100))
    action = fields.String(load_default=None, validate=plain_text(100))
    object = fields.String(
        load_default=None,
        validate=plain_text(300),
        metadata={
            "description": "What was changed. With two of `owner`, `action` and `object`, a page may have fewer "
            "entries than `limit`, even none, and still a `next_cursor`: it looks at no more than "
            f"{MOST_LOOKED_AT:,} entries."
        },
    )
    after = Timestamp(load_default=None, metadata=TIME)
    before = Timestamp(load_default=None, metadata=TIME)
