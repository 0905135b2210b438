"""JSON schemas of tokens."""

from marshmallow import Schema, fields, validate

from api_service.http.fields import TIME, StrictInteger, Timestamp, plain_text
from api_service.http.paging import PageQuery
from api_service.identity.scope import Scope
from api_service.tokens.allowed import DEFAULT_DAYS

SCOPES = [scope.value for scope in Scope]
MAX_NAME_CHARACTERS = 100
MAX_DAYS = 3650


class NewTokenSchema(Schema):
    """Request body of a new token."""

    name = fields.String(
        required=True, validate=plain_text(MAX_NAME_CHARACTERS, minimum=1), metadata={"example": "nightly study"}
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        validate=validate.Length(1, len(SCOPES)),
        metadata={
            "description": "`submit` includes `read`, `urgent` `submit`, `tokens` `read`, and `admin` includes all. "
            "You cannot give more than you have.",
            "example": ["read"],
        },
    )
    owner = fields.String(load_default=None, metadata={"description": "Another owner, if you are an admin."})
    expires_in_days = StrictInteger(
        load_default=None,
        allow_none=True,
        validate=validate.Range(1, MAX_DAYS),
        metadata={
            "type": "integer",
            "description": "Empty: expires with the token that you use. If that has no end: in "
            f"{DEFAULT_DAYS} days, or never if you are an admin.",
        },
    )


class TokenSchema(Schema):
    """A token, as lists show it."""

    id = fields.UUID()
    name = fields.String()
    owner = fields.String()
    scopes = fields.List(fields.String(metadata={"enum": SCOPES}))
    created_at = Timestamp(metadata=TIME)
    expires_at = Timestamp(allow_none=True, metadata=TIME)
    last_used_at = Timestamp(allow_none=True, metadata={**TIME, "description": "Accurate to one minute."})
    revoked_at = Timestamp(allow_none=True, metadata=TIME)


class SecretTokenSchema(TokenSchema):
    """A new token with its secret."""

    token = fields.String(metadata={"description": "The secret. It is not kept and cannot be shown again."})


class TokenPageSchema(Schema):
    """Tokens, newest first."""

    items = fields.List(fields.Nested(TokenSchema))
    next_cursor = fields.String(allow_none=True)


class TokenQuery(PageQuery):
    """Query parameters of the list of tokens."""

    owner = fields.String(load_default=None, validate=plain_text(100))
