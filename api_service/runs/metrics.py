"""JSON schema of a run's metrics: all metrics of the catalogue, in its order."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_dump

from shared.energyplus.catalogue import CATALOGUE
from shared.energyplus.metric import Metric, Shape


class PeriodSchema(Schema):
    """The simulated period."""

    kind = fields.String(metadata={"enum": ["annual", "partial", "multiple", "design_days"]})
    hours_simulated = fields.Float()
    environments = fields.Raw(metadata={"description": "The environments EnergyPlus ran."})


#: User design values, of a zone or of an air system.
DESIGN: dict[str, fields.Field[Any]] = {
    "load": fields.String(metadata={"enum": ["heating", "cooling"]}),
    "design_load_w": fields.Float(),
    "design_air_flow_m3_per_s": fields.Float(),
    "design_day": fields.String(),
}
ZoneSizeSchema = Schema.from_dict({"zone": fields.String(), **DESIGN}, name="ZoneSize")
SystemSizeSchema = Schema.from_dict({"system": fields.String(), **DESIGN}, name="SystemSize")
ZoneSchema = Schema.from_dict(
    {
        "zone": fields.String(),
        "floor_area_m2": fields.Float(),
        "volume_m3": fields.Float(),
        "multiplier": fields.Float(metadata={"description": "How many times the zone is in the building."}),
    },
    name="Zone",
)


class SizingSchema(Schema):
    """EnergyPlus's sizing results, in the order of its tables."""

    zones = fields.List(fields.Nested(ZoneSizeSchema))
    systems = fields.List(fields.Nested(SystemSizeSchema))


#: Fields of single values.
SINGLE: dict[Shape, type[fields.Field[Any]]] = {
    Shape.NUMBER: fields.Float,
    Shape.INTEGER: fields.Integer,
    Shape.FLAG: fields.Boolean,
    Shape.TIME: fields.String,
    Shape.TEXT: fields.String,
}


def _field(metric: Metric) -> fields.Field[Any]:
    shown: dict[str, Any] = {"allow_none": True, "metadata": {"description": metric.text}}
    match metric.shape:
        case Shape.TIME:
            shown["metadata"]["example"] = "04-02T07:30"
        case Shape.PERIOD:
            return fields.Nested(PeriodSchema)
        case Shape.BY_FUEL:
            return fields.Dict(keys=fields.String(), values=fields.Float(), **shown)
        case Shape.BY_END_USE:
            by_fuel = fields.Dict(keys=fields.String(), values=fields.Float())
            return fields.Dict(keys=fields.String(), values=by_fuel, **shown)
        case Shape.SIZING:
            return fields.Nested(SizingSchema, **shown)
        case Shape.ZONES:
            return fields.List(fields.Nested(ZoneSchema), **shown)
    return SINGLE[metric.shape](**shown)


class MetricsSchema(Schema.from_dict({metric.name: _field(metric) for metric in CATALOGUE})):  # type: ignore[misc]
    """The metrics of a run; a quantity that was not simulated is null, never 0."""

    @post_dump(pass_original=True)
    def _complete(self, data: dict[str, Any], stored: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        # In the catalogue's order, absent metrics as null; further metrics of an older or newer worker come last.
        named = {name: data.get(name) for name in self.fields}
        return named | {name: stored[name] for name in sorted(stored) if name not in named}
