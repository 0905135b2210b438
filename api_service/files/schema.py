"""Query parameters of downloads."""

from marshmallow import Schema, fields


class FileQuery(Schema):
    """Query parameters of the download of an output file."""

    redirect = fields.Boolean(
        load_default=True,
        metadata={"description": "false: never answer 302, for pages that may load from this server only."},
    )
