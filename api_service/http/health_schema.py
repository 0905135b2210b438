"""The service's own health as JSON."""

from marshmallow import Schema, fields


class HealthSchema(Schema):
    """The process lives."""

    status = fields.String(metadata={"enum": ["ok"]})
    version = fields.String(metadata={"description": "The version of EPSM that runs."})


class PartSchema(Schema):
    """One part of the service."""

    ok = fields.Boolean()
    detail = fields.String(allow_none=True)


class PartsSchema(Schema):
    """The parts that the API stands on; it can do without the broker for a while."""

    database = fields.Nested(PartSchema)
    storage = fields.Nested(PartSchema)
    broker = fields.Nested(PartSchema)


class ReadySchema(Schema):
    """Whether requests can be answered."""

    status = fields.String(metadata={"enum": ["ready", "unready"]})
    parts = fields.Nested(PartsSchema)
