"""Schemas of a submission without its files; unknown fields are refused.

`SpecSchema` is the form field `spec`; `SubmissionSchema` is a whole JSON body: the same, with inputs named by hash.
"""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from api_service.http.fields import StrictBoolean, StrictInteger, StrictNumber, idf_name, plain_text
from api_service.submission import measure_schema
from api_service.submission.input_schema import VariedInput, check_input, check_inputs_differ
from api_service.submission.order_schema import OrderSchema
from api_service.submission.output_schema import OutputSchema, ProfileName
from api_service.submission.parameter_name import MAX_CHARACTERS, PATTERN, parameter_name
from api_service.submission.run_periods import check_run_periods
from api_service.submission.sampling_schema import NUMBER_OR_TEXT, Range, SamplingSchema, check_values
from shared.energyplus.modes import ANY, DEFAULT_MODE, MODES
from shared.enums import Priority

MAX_OUTPUTS = 200
MAX_PARAMETERS = 50
MAX_NAMED_WEATHER = 1000
MAX_NAME_CHARACTERS = 1000

#: The two ways to name a weather file in a JSON body, for the OpenAPI document.
INSTALLED = {"type": "string", "description": "Name of an installed weather file."}
STORED = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "sha256": {"type": "string"}},
    "required": ["name", "sha256"],
}


class Band(fields.String):
    """A priority by its name."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return Priority.parse(super()._deserialize(value, *args, **kwargs))
        except ValueError as error:
            raise ValidationError(str(error)) from None


class ParameterSchema(Schema):
    """What is varied, and its values: a field of some of the model's objects, a measure, or an input file."""

    name = fields.String(
        required=True,
        validate=parameter_name,
        metadata={
            "pattern": PATTERN,
            "maxLength": MAX_CHARACTERS,
            "description": "No fixed column of the table of runs, and no metric.",
            "example": "lighting",
        },
    )
    object = fields.String(validate=idf_name, metadata={"example": "Lights"})
    match = fields.String(
        load_default=ANY, validate=idf_name, metadata={"description": "Names of the objects; * stands for any text."}
    )
    field = fields.String(validate=idf_name, metadata={"example": "Watts per Floor Area"})
    mode = fields.String(
        load_default=DEFAULT_MODE,
        validate=validate.OneOf(MODES, error=f"must be {' or '.join(MODES)}"),
        metadata={"description": "`set` replaces the field's value, `scale` multiplies it, `add` adds to it."},
    )
    values = fields.List(
        fields.Raw(metadata=NUMBER_OR_TEXT),
        load_default=list,
        metadata={"description": "A parameter has `values` or a `range`; with the method `table`, neither."},
    )
    range = Range(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
            "description": "Low and high, instead of `values`.",
            "example": [0, 90],
        },
    )
    group = fields.String(
        load_default=None,
        allow_none=True,
        validate=plain_text(MAX_CHARACTERS, minimum=1),
        metadata={"description": "Parameters with the same group move together, as one parameter does."},
    )
    measure = measure_schema.MeasureName()
    options = measure_schema.MeasureOptions()
    input = VariedInput()

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _check_kind(self, _: dict[str, Any], original: Any, **__: Any) -> None:
        measure_schema.check_kind(original)

    @post_load
    def _with_mode(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return measure_schema.with_mode(data)

    @validates_schema
    def _check_values(self, data: dict[str, Any], **_: Any) -> None:
        if "measure" in data:
            measure_schema.check_measure(data)
        elif "input" in data:
            check_input(data)
        else:
            check_values(data["values"], data["mode"])


class LimitsSchema(Schema):
    """Longest times for one run, in seconds."""

    soft_seconds = StrictNumber(
        validate=validate.Range(min=0, min_inclusive=False, error="must be above 0"),
        metadata={"type": "number", "description": "When EnergyPlus is asked to stop."},
    )
    hard_seconds = StrictNumber(
        validate=validate.Range(min=0, min_inclusive=False, error="must be above 0"),
        metadata={"type": "number", "description": "When EnergyPlus is killed."},
    )


class SpecSchema(OrderSchema):
    """The spec: all settings of a submission, without its files."""

    name = fields.String(
        load_default=None,
        allow_none=True,
        validate=plain_text(200, minimum=1),
        metadata={"description": "Empty: the first model's name."},
    )
    description = fields.String(load_default="", validate=plain_text(10_000, multiline=True))
    priority = Band(load_default=Priority.NORMAL, metadata={"enum": [p.word for p in Priority], "default": "normal"})
    annual = StrictBoolean(
        load_default=None,
        allow_none=True,
        metadata={
            "type": "boolean",
            "description": "true: one whole year; false: sizing periods only; null: as the model says.",
        },
    )
    profile = ProfileName()
    outputs = fields.List(
        fields.Nested(OutputSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=MAX_OUTPUTS, error=f"must not have more than {MAX_OUTPUTS} items"),
        metadata={"description": "Series, with `as_authored` in place of the model's own; null: as the profile says."},
    )
    parameters = fields.List(
        fields.Nested(ParameterSchema),
        load_default=list,
        validate=validate.Length(max=MAX_PARAMETERS, error=f"must not have more than {MAX_PARAMETERS} items"),
        metadata={"description": "What varies; `sampling` says how variants are made of the values.", "default": []},
    )
    sampling = fields.Nested(SamplingSchema, load_default=lambda: SamplingSchema().load({}))
    baseline = StrictBoolean(
        load_default=False,
        metadata={
            "type": "boolean",
            "description": "Whether each model also runs as it is with each weather file of its variants, before them.",
        },
    )
    reuse = StrictBoolean(
        load_default=True,
        metadata={
            "type": "boolean",
            "description": "Whether a run that is identical to one of yours gets its result and is not executed.",
        },
    )
    limits = fields.Nested(LimitsSchema, load_default=dict)
    max_attempts = StrictInteger(
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1, error="must be at least 1"),
        metadata={"type": "integer", "description": "Attempts before a run that keeps losing its worker fails."},
    )
    weather = fields.List(
        fields.String(validate=plain_text(MAX_NAME_CHARACTERS, minimum=1)),
        load_default=list,
        validate=validate.Length(max=MAX_NAMED_WEATHER, error=f"must not have more than {MAX_NAMED_WEATHER} items"),
        metadata={
            "description": "Names of installed weather files (`GET /api/v1/weather`), besides those that are uploaded.",
            "example": ["USA_IL_Chicago-OHare.Intl.AP.725300_TMY3.epw"],
        },
    )

    @validates_schema
    def _baseline_has_variants(self, data: dict[str, Any], **_: Any) -> None:
        if data["baseline"] and not data["parameters"]:
            raise ValidationError({"baseline": ["needs parameters: without them each model runs as it is anyway"]})

    @validates_schema
    def _run_periods_stay(self, data: dict[str, Any], **_: Any) -> None:
        check_run_periods(data)

    @validates_schema
    def _names_differ(self, data: dict[str, Any], **_: Any) -> None:
        names = [parameter["name"] for parameter in data["parameters"]]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValidationError({"parameters": [f"two parameters are called {', '.join(twice)}"]})
        check_inputs_differ(data["parameters"])


class NamedInputSchema(Schema):
    """A stored input, with the file name that it has in this submission."""

    name = fields.String(required=True, validate=validate.Length(max=1000), metadata={"example": "office.idf"})
    sha256 = fields.String(
        required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z", error="must be 64 hexadecimal digits in lower case")
    )


class WeatherInput(fields.Field[Any]):
    """A stored weather file, or the name of an installed one."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if isinstance(value, str):
            plain_text(MAX_NAME_CHARACTERS, minimum=1)(value)
            return value
        return NamedInputSchema().load(value)


class SubmissionSchema(SpecSchema):
    """A submission whose inputs are already stored."""

    models = fields.List(fields.Nested(NamedInputSchema), load_default=list)
    weather = fields.List(WeatherInput(metadata={"oneOf": [INSTALLED, STORED]}), load_default=list)
    files = fields.List(fields.Nested(NamedInputSchema), load_default=list)
