"""JSON schemas of what can be looked up."""

from marshmallow import Schema, fields

from shared.energyplus.metric import Group, Shape


class CatalogueEntrySchema(Schema):
    """The definition of one metric."""

    name = fields.String(metadata={"example": "site_eui_kwh_per_m2"})
    unit = fields.String(allow_none=True, metadata={"description": "null where there is none."})
    text = fields.String(metadata={"description": "The definition, in one sentence."})
    group = fields.String(metadata={"enum": [group.value for group in Group]})
    source = fields.String(metadata={"description": "Where in EnergyPlus's output the value comes from."})
    shape = fields.String(
        metadata={"enum": [shape.value for shape in Shape], "description": "What the value is in JSON."}
    )
    label = fields.String(allow_none=True, metadata={"description": "A short name, where there is one."})
    headline = fields.Boolean(metadata={"description": "Whether a short table shows it."})
    digits = fields.Integer(metadata={"description": "How many decimals a table shows."})


class CatalogueSchema(Schema):
    """All metrics, in the order in which a run has them."""

    items = fields.List(fields.Nested(CatalogueEntrySchema))
