"""Query parameters of all lists: page size and cursor."""

from marshmallow import Schema, fields, validate

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
#: Items that one page of a search looks at.
MOST_LOOKED_AT = 500


class PageQuery(Schema):
    """Query parameters of a list."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "Most items in the answer."},
    )
    cursor = fields.String(
        load_default=None, metadata={"description": "The `next_cursor` of the page before; empty for the first page."}
    )
