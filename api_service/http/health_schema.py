"""JSON schemas of the health checks."""

from marshmallow import Schema, fields


class HealthSchema(Schema):
    """Response of /healthz: the process is alive."""

    status = fields.String(metadata={"enum": ["ok"]})
    version = fields.String(metadata={"description": "Version of the running EPSM."})


class PartSchema(Schema):
    """Health of one part of the service."""

    ok = fields.Boolean()
    detail = fields.String(allow_none=True)


class PartsSchema(Schema):
    """Health of the parts that the API depends on; it works without the broker for a while."""

    database = fields.Nested(PartSchema)
    storage = fields.Nested(PartSchema)
    broker = fields.Nested(PartSchema)


class ReadySchema(Schema):
    """Response of /readyz: whether requests can be answered."""

    status = fields.String(metadata={"enum": ["ready", "unready"]})
    parts = fields.Nested(PartsSchema)
