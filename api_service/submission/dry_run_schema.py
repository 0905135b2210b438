"""JSON schemas of a dry run."""

from marshmallow import Schema, fields

from api_service.http.problem_schema import FaultSchema
from api_service.submission.estimate_schema import EstimateSchema
from shared.energyplus.building.geometry import SHADING
from shared.energyplus.building.surfaces import Element, Outside


class SubmissionQuery(Schema):
    """Query parameters of a submission."""

    dry_run = fields.Boolean(
        load_default=False,
        metadata={"description": "true: check the submission and say what it would make; nothing is stored or queued."},
    )

    geometry = fields.Boolean(
        load_default=False,
        metadata={"description": "true: a dry run says the surfaces of each building too, as numbers."},
    )


class FileErrorSchema(Schema):
    """One reason why a submission would refuse a file."""

    message = fields.String(metadata={"description": "With line and object, where there are any."})
    line = fields.Integer(allow_none=True)


class LookedAtSchema(Schema):
    """A side file of a dry run."""

    name = fields.String()
    errors = fields.List(
        fields.Nested(FileErrorSchema), metadata={"description": "Why a submission would refuse the file."}
    )


class PreviewedPeriodSchema(Schema):
    """A period that would be simulated; first and last day are month and day."""

    kind = fields.String(metadata={"enum": ["sizing_period", "run_period"]})
    name = fields.String()
    begin = fields.String(allow_none=True, metadata={"example": "01-01"})
    end = fields.String(allow_none=True, metadata={"example": "12-31"})
    days = fields.Integer()


class PreviewedSiteSchema(Schema):
    """Where the model says that the building is."""

    name = fields.String()
    latitude = fields.Float(metadata={"description": "Degrees north."})
    longitude = fields.Float(metadata={"description": "Degrees east."})


class PolygonSchema(Schema):
    """A surface of a building."""

    name = fields.String()
    zone = fields.String(metadata={"description": "Empty for shading."})
    boundary = fields.String(
        metadata={"enum": [*(o.value for o in Outside), SHADING], "description": "What is on its other side."}
    )
    base = fields.String(metadata={"description": "The surface that an opening is in; empty for all others."})
    type = fields.String(metadata={"enum": [*(e.value for e in Element), SHADING]})
    vertices = fields.List(
        fields.List(fields.Float()), metadata={"description": "Metres to the east, to the north and up."}
    )


class GeometrySchema(Schema):
    """The surfaces of a building: none without surfaces or with more than 10,000."""

    surfaces = fields.List(fields.Nested(PolygonSchema))
    note = fields.String(allow_none=True, metadata={"description": "Why there are no surfaces; null when there are."})


class MatchesSchema(Schema):
    """How many objects of a model a parameter changes."""

    name = fields.String()
    objects = fields.Integer(
        allow_none=True, metadata={"description": "null for a measure, which chooses them itself."}
    )


class LookedAtModelSchema(LookedAtSchema):
    """A model of a dry run. What cannot be read, because the model has errors, is null."""

    version = fields.String(
        attribute="model.version", dump_default=None, allow_none=True, metadata={"description": "As the model says."}
    )
    engine = fields.String(allow_none=True, metadata={"description": "The engine that would run the model."})
    building = fields.String(attribute="model.building", dump_default=None, allow_none=True)
    zones = fields.Integer(attribute="model.zones", dump_default=None, allow_none=True)
    total_area_m2 = fields.Float(
        attribute="model.total_area_m2",
        dump_default=None,
        allow_none=True,
        metadata={"description": "Floor area of the zones that are part of the total area, with multipliers."},
    )
    location = fields.Nested(PreviewedSiteSchema, attribute="model.site", dump_default=None, allow_none=True)
    periods = fields.List(
        fields.Nested(PreviewedPeriodSchema),
        attribute="model.periods",
        dump_default=None,
        allow_none=True,
        metadata={"description": "What would be simulated with this `annual`, the first 50."},
    )
    geometry = fields.Nested(
        GeometrySchema,
        attribute="model.geometry",
        dump_default=None,
        allow_none=True,
        metadata={"description": "null without `geometry=true` in the address."},
    )
    warnings = fields.List(
        fields.String(), metadata={"description": "What a run would change in the model, or would fail for."}
    )
    parameters = fields.List(
        fields.Nested(MatchesSchema), metadata={"description": "In the order of the spec; empty with errors."}
    )


class LookedAtWeatherSchema(LookedAtSchema):
    """A weather file of a dry run."""

    location = fields.String(attribute="weather.location", dump_default=None, allow_none=True)
    latitude = fields.Float(attribute="weather.latitude", dump_default=None, allow_none=True)
    longitude = fields.Float(attribute="weather.longitude", dump_default=None, allow_none=True)
    hours = fields.Integer(
        attribute="weather.hours", dump_default=None, allow_none=True, metadata={"description": "Hours of data."}
    )


class VariantSchema(Schema):
    """One variant of the parameters' values."""

    index = fields.Integer()
    parameters = fields.Dict()


class DrawnSchema(Schema):
    """How the variants are drawn."""

    method = fields.String()
    count = fields.Integer(allow_none=True)
    seed = fields.Integer(
        allow_none=True,
        metadata={"description": "A submission with this seed gets these variants; null where nothing is random."},
    )
    second_order = fields.Boolean()
    enlarging = fields.String(
        allow_none=True,
        metadata={"description": "Which larger designs begin with all these variants; null where none does."},
    )


class DryRunSchema(Schema):
    """What a submission would make."""

    count = fields.Integer(
        metadata={"description": "Runs: models x weather files x variants, unless parameters vary the files."}
    )
    known = fields.Integer(
        metadata={
            "description": "Runs whose result is known already, of the first 10,000: they will probably not be "
            "executed. 0 with `reuse: false`."
        }
    )
    variants = fields.List(fields.Nested(VariantSchema), metadata={"description": "The first 20."})
    sampling = fields.Nested(DrawnSchema)
    models = fields.List(fields.Nested(LookedAtModelSchema))
    weather = fields.List(fields.Nested(LookedAtWeatherSchema))
    files = fields.List(fields.Nested(LookedAtSchema))
    errors = fields.List(
        fields.Nested(FaultSchema),
        metadata={"description": "What is missing for a submission, and why models cannot be varied as asked."},
    )
    estimate = fields.Nested(EstimateSchema, allow_none=True, metadata={"description": "null when a model has errors."})
