"""Schemas of the old contract's results for the OpenAPI document; `items.py` writes them."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from api_service.http.fields import TIME, plain_text
from api_service.legacy.items import END_USE_ROWS, ENERGIES

DEFAULT_LIMIT, MAX_LIMIT = 100, 500
#: Far more pages than the old page shows; each row that is skipped is read.
MAX_OFFSET = 10_000
STATUSES = ["success", "error"]
PER_AREA = {"description": "kWh per m2 of total building area, one decimal.", "example": 113.2}


def _energy() -> fields.Float:
    return fields.Float(allow_none=True, metadata=PER_AREA)


class ResultsQuery(Schema):
    """Query parameters of the list of results."""

    class Meta:
        """The old page sends `page`, `sort` and others too, and does without their effect."""

        unknown = EXCLUDE

    user_id = fields.String(
        load_default="", validate=plain_text(100), metadata={"description": "Only results of this owner."}
    )
    scenario_id = fields.String(
        load_default="", validate=plain_text(100), metadata={"description": "Only results of this scenario."}
    )
    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(1, MAX_LIMIT),
        metadata={"description": "Most items in the answer."},
    )
    offset = fields.Integer(
        load_default=0, validate=validate.Range(0, MAX_OFFSET), metadata={"description": "Items to skip."}
    )


class EndUseSchema(Schema):
    """Energy of one end use, in kWh."""

    electricity = fields.Float()
    district_heating = fields.Float()
    total = fields.Float(metadata={"description": "Over all fuels."})


class NamedEndUseSchema(EndUseSchema):
    """Energy of one end use, in kWh, with the name of the end use."""

    end_use = fields.String(metadata={"enum": list(END_USE_ROWS)})


class LegacyZoneSchema(Schema):
    """One zone: floor area in m2, volume in m3."""

    name = fields.String()
    area = fields.Float()
    volume = fields.Float()


#: What all results have in common.
COMMON: dict[str, fields.Field[Any]] = {
    "id": fields.UUID(),
    "simulation_id": fields.UUID(),
    "file_name": fields.String(),
    "building": fields.String(),
    "status": fields.String(metadata={"enum": STATUSES}),
    "gwp_total": fields.Float(),
    "cost_total": fields.Float(),
    "variant_idx": fields.Integer(allow_none=True),
    "idf_idx": fields.Integer(),
    "construction_set": fields.Dict(allow_none=True),
}
WEATHER: dict[str, fields.Field[Any]] = {
    name: fields.String(metadata={"description": "Name of the weather file."})
    for name in ("weather_file", "epw", "_weatherKey")
}
ENERGY_USE = fields.Dict(keys=fields.String(), values=fields.Nested(EndUseSchema))
ZONES = fields.List(fields.Nested(LegacyZoneSchema))
CREATED_AT = fields.String(metadata=TIME)

ItemSchema = Schema.from_dict(
    {
        **COMMON,
        **WEATHER,
        "simulationId": fields.UUID(),
        "fileName": fields.String(),
        "originalFileName": fields.String(),
        **{name: _energy() for name in ENERGIES},
        "runTime": fields.Float(metadata={"description": "Seconds."}),
        "totalArea": fields.Float(metadata={"description": "m2; 0 without a result."}),
        "energy_use": ENERGY_USE,
        "zones": ZONES,
        "error": fields.String(),
    },
    name="LegacyItem",
)

RowSchema = Schema.from_dict(
    {
        **COMMON,
        "run_id": fields.UUID(metadata={"description": "The simulation's id."}),
        **{name: _energy() for name, _ in ENERGIES.values()},
        "run_time": fields.Float(metadata={"description": "Seconds."}),
        "total_area": fields.Float(metadata={"description": "m2; 0 without a result."}),
        "created_at": CREATED_AT,
        "raw_json": fields.Nested(ItemSchema),
        "zones": ZONES,
        "energy_use": ENERGY_USE,
        "energy_uses": fields.List(fields.Nested(NamedEndUseSchema)),
        "run_output_log": fields.String(allow_none=True),
        "output_err": fields.String(allow_none=True, metadata={"description": "The end of the .err file."}),
    },
    name="LegacyRow",
)

ListedSchema = Schema.from_dict(
    {
        **COMMON,
        **WEATHER,
        "simulation_name": fields.String(),
        "user_id": fields.String(metadata={"description": "The owner."}),
        "user_email": fields.String(metadata={"description": "The owner where that is an address, else empty."}),
        **{name: _energy() for name in ("total_energy_use", "heating_demand", "cooling_demand")},
        "gwp": fields.Float(),
        "cost": fields.Float(),
        "run_time": fields.Float(metadata={"description": "Seconds."}),
        "total_area": fields.Float(metadata={"description": "m2; 0 without a result."}),
        "created_at": CREATED_AT,
    },
    name="LegacyListed",
)


class WaitingSchema(Schema):
    """There are no rows, or none that the old page can use."""

    status = fields.String(metadata={"enum": ["pending", "running", "processing", "failed"]})
    message = fields.String()
    retry_after_seconds = fields.Integer()


class NotCompletedSchema(Schema):
    """The simulation has not completed, so there are no results."""

    error = fields.String()
    status = fields.String(metadata={"enum": ["pending", "running", "failed"]})
    simulation_id = fields.UUID(data_key="simulationId")
    results = fields.List(fields.Dict())
