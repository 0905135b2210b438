"""JSON schemas of what can be looked up."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from api_service.http.fields import plain_text
from api_service.http.paging import PageQuery
from shared.energyplus.formats.field_rule import FieldRule
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


class MeasureOptionSchema(Schema):
    """A setting of a measure besides its value."""

    name = fields.String()
    text = fields.String(metadata={"description": "What it does, in one sentence."})
    default = fields.Raw(metadata={"oneOf": [{"type": kind} for kind in ("boolean", "number", "string")]})
    choices = fields.List(fields.String(), metadata={"description": "Empty for a boolean or a number."})


class MeasureSchema(Schema):
    """A named change of a model that is more than the value of one field."""

    name = fields.String(metadata={"description": "For `measure` of a parameter.", "example": "lighting_power"})
    text = fields.String(metadata={"description": "What it changes, and where it is refused."})
    unit = fields.String(metadata={"description": "Of the value; `factor`: 1.5 is 50 % more.", "example": "factor"})
    range = fields.Function(
        lambda measure: [measure.low, measure.high],
        metadata={
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
            "description": "The lowest and the highest value.",
        },
    )
    options = fields.List(fields.Nested(MeasureOptionSchema))


class MeasuresSchema(Schema):
    """All measures."""

    items = fields.List(fields.Nested(MeasureSchema))


class Coordinates(fields.Field[tuple[float, float]]):
    """Degrees north and degrees east, with a comma between them."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[float, float]:
        try:
            latitude, longitude = (float(part) for part in str(value).split(","))
        except ValueError:
            raise ValidationError("must be degrees north and east, such as 41.98,-87.92") from None
        # Comparisons with NaN are false.
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValidationError("must be within 90 degrees north and south, and 180 east and west")
        return latitude, longitude


class InstalledWeatherSchema(Schema):
    """A weather file that is installed with the service."""

    name = fields.String(
        metadata={"description": "For `weather` of a submission's spec.", "example": "USA_IL_Chicago.epw"}
    )
    location = fields.String(attribute="place.location", metadata={"description": "City."})
    region = fields.String(attribute="place.region")
    country = fields.String(attribute="place.country")
    source = fields.String(attribute="place.source", metadata={"example": "TMY3"})
    latitude = fields.Float(attribute="place.latitude", metadata={"description": "Degrees north."})
    longitude = fields.Float(attribute="place.longitude", metadata={"description": "Degrees east."})
    elevation_m = fields.Float(attribute="place.elevation_m")
    timezone_h = fields.Float(attribute="place.timezone_h", metadata={"description": "Hours from UTC."})
    distance_km = fields.Float(
        allow_none=True, metadata={"description": "Great-circle distance from `near`; null without it."}
    )


class InstalledWeatherPageSchema(Schema):
    """Installed weather files: by distance with `near`, else by name."""

    items = fields.List(fields.Nested(InstalledWeatherSchema))
    next_cursor = fields.String(allow_none=True)


class InstalledWeatherQuery(PageQuery):
    """Query parameters of the list of installed weather files."""

    near = Coordinates(
        load_default=None,
        metadata={
            "type": "string",
            "description": "Degrees north and east; the nearest files come first.",
            "example": "41.98,-87.92",
        },
    )
    place = fields.String(
        load_default="",
        validate=plain_text(100),
        metadata={"description": "Part of the file's name, or of city, region and country, in any case."},
    )


class FieldDescriptionSchema(Schema):
    """A field of a class."""

    name = fields.String(metadata={"description": "As in epJSON.", "example": "watts_per_floor_area"})
    label = fields.String(metadata={"description": "As in an IDF.", "example": "Watts per Floor Area"})
    type = fields.Function(
        lambda field: _types(field.rule),
        metadata={"type": "array", "items": {"type": "string", "enum": ["number", "integer", "text"]}},
    )
    unit = fields.Function(
        lambda field: field.rule.unit or None,
        metadata={"type": "string", "nullable": True, "description": "null where there is none."},
    )
    minimum = fields.Float(attribute="rule.minimum", allow_none=True)
    exclusive_minimum = fields.Float(attribute="rule.exclusive_minimum", allow_none=True)
    maximum = fields.Float(attribute="rule.maximum", allow_none=True)
    exclusive_maximum = fields.Float(attribute="rule.exclusive_maximum", allow_none=True)
    choices = fields.List(
        fields.String(),
        attribute="rule.choices",
        allow_none=True,
        metadata={"description": "The texts that it takes; null: any."},
    )
    required = fields.Boolean(attribute="is_required")
    default = fields.Raw(metadata={"oneOf": [{"type": "number"}, {"type": "string"}], "nullable": True})
    refers_to = fields.List(
        fields.String(), metadata={"description": "Lists of names, of which the value must be one: EnergyPlus's words."}
    )
    text = fields.String(metadata={"description": "What EnergyPlus's schema says about it."})


class ClassDescriptionSchema(Schema):
    """A class of EnergyPlus objects, from the schema of an engine."""

    name = fields.String(metadata={"example": "Lights"})
    engine = fields.String(metadata={"example": "25.2.0"})
    group = fields.String(metadata={"example": "Internal Gains"})
    text = fields.String(metadata={"description": "What EnergyPlus's schema says about it."})
    unique = fields.Boolean(attribute="is_unique", metadata={"description": "Whether a model has one at most."})
    fields_ = fields.List(fields.Nested(FieldDescriptionSchema), attribute="fields", data_key="fields")
    repeated = fields.List(
        fields.Nested(FieldDescriptionSchema),
        metadata={"description": "Fields of the group that an object may have many times, such as vertices."},
    )


class EngineQuery(Schema):
    """Query parameter of the description of a class."""

    engine = fields.String(
        load_default=None, metadata={"description": "Version of EnergyPlus; without it, the newest one here."}
    )


def _types(rule: FieldRule) -> list[str]:
    numbers = ["integer" if rule.is_whole else "number"] if rule.takes_numbers else []
    return numbers + ["text"] * rule.takes_texts
