"""The metrics of a run: the contract's names, for the OpenAPI document and as the order of the answer."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_dump


def _number(description: str) -> fields.Float:
    return fields.Float(allow_none=True, metadata={"description": description})


class PeriodSchema(Schema):
    """What was simulated."""

    kind = fields.String(metadata={"enum": ["annual", "partial", "multiple", "design_days"]})
    hours_simulated = fields.Float()
    environments = fields.Raw(metadata={"description": "The environments EnergyPlus ran."})


class MetricsSchema(Schema):
    """What a run amounts to; a quantity that was not simulated is null, never 0."""

    period = fields.Nested(PeriodSchema)
    site_energy_kwh = _number("Total site energy.")
    net_site_energy_kwh = _number("Site energy after generation.")
    source_energy_kwh = _number("Total source energy.")
    site_eui_kwh_per_m2 = _number("Site energy per total building area.")
    source_eui_kwh_per_m2 = _number("Source energy per total building area.")
    total_area_m2 = _number("Total building area.")
    conditioned_area_m2 = _number("Net conditioned building area.")
    heating_kwh = _number("Heating over all fuels.")
    cooling_kwh = _number("Cooling over all fuels.")
    interior_lighting_kwh = _number("Interior lighting.")
    interior_equipment_kwh = _number("Interior equipment over all fuels.")
    fans_kwh = _number("Fans.")
    pumps_kwh = _number("Pumps.")
    water_systems_kwh = _number("Service water heating.")
    electricity_kwh = _number("Electricity used by the facility.")
    electricity_purchased_kwh = _number("Electricity bought from the grid.")
    pv_kwh = _number("Electricity from photovoltaics.")
    natural_gas_kwh = _number("Natural gas.")
    district_heating_kwh = _number("District heating, water and steam.")
    district_cooling_kwh = _number("District cooling.")
    other_fuels_kwh = _number("All other fuels.")
    water_m3 = _number("Water; never among the energy.")
    peak_electricity_w = _number("Highest facility electricity demand before generation.")
    peak_electricity_at = fields.String(
        allow_none=True,
        metadata={
            "description": "When, as local standard time at interval end, without a year.",
            "example": "04-02T07:30",
        },
    )
    peak_interval_minutes = _number("Interval the peak is an average over.")
    unmet_heating_hours = _number("Occupied hours below the heating setpoint, any zone.")
    unmet_cooling_hours = _number("Occupied hours above the cooling setpoint, any zone.")
    unmet_tolerance_k = _number("How far off counts as unmet.")
    not_comfortable_hours = _number("Hours outside simple ASHRAE 55 comfort.")
    warnings = fields.Integer(allow_none=True)
    severe_errors = fields.Integer(allow_none=True)
    engine_seconds = _number("How long EnergyPlus ran.")
    end_uses = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Float()),
        allow_none=True,
        metadata={"description": "{end use: {fuel: kWh}}"},
    )

    @post_dump(pass_original=True)
    def _complete(self, data: dict[str, Any], stored: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        # In the contract's order, what is absent as null, what the contract does not name at the end.
        named = {name: data.get(name) for name in self.fields}
        return named | {name: stored[name] for name in sorted(stored) if name not in named}
