"""Method fields, which decide which other field of an object is used: a change to an unused field has no effect.

Source: EnergyPlus 25.2 Energy+.idd, the \\key lines of each method field and the notes of the fields beside it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """A method field, and by its value (lower case) the one field that is used; the first is the default."""

    field: str
    uses: dict[str, str]

    def used(self, method: object) -> str | None:
        """The field that `method` reads; None where there is no such method."""
        return self.uses.get(str(method or next(iter(self.uses))).strip().lower())

    def used_instead_of(self, field: str, method: object) -> str | None:
        """The field that `method` reads instead of `field`; None when `field` is used or not for the method to say."""
        used = self.used(method)
        return used if field in self.uses.values() and used != field else None


_WATTS = Method(
    "design_level_calculation_method",
    {"equipmentlevel": "design_level", "watts/area": "watts_per_floor_area", "watts/person": "watts_per_person"},
)
_POWER = Method(
    "design_level_calculation_method",
    {
        "equipmentlevel": "design_level",
        "power/area": "power_per_floor_area",
        "watts/area": "power_per_floor_area",
        "power/person": "power_per_person",
        "watts/person": "power_per_person",
    },
)
_AIR = Method(
    "design_flow_rate_calculation_method",
    {
        "flow/zone": "design_flow_rate",
        "flow/area": "flow_rate_per_floor_area",
        "flow/person": "flow_rate_per_person",
        "airchanges/hour": "air_changes_per_hour",
    },
)

METHODS = {
    "Lights": Method(
        "design_level_calculation_method",
        {"lightinglevel": "lighting_level", "watts/area": "watts_per_floor_area", "watts/person": "watts_per_person"},
    ),
    "ElectricEquipment": _WATTS,
    "ElectricEquipment:ITE:AirCooled": Method(
        "design_power_input_calculation_method",
        {"watts/unit": "watts_per_unit", "watts/area": "watts_per_floor_area"},
    ),
    **dict.fromkeys(("GasEquipment", "HotWaterEquipment", "SteamEquipment", "OtherEquipment"), _POWER),
    "People": Method(
        "number_of_people_calculation_method",
        {
            "people": "number_of_people",
            "people/area": "people_per_floor_area",
            "area/person": "floor_area_per_person",
        },
    ),
    "ZoneInfiltration:DesignFlowRate": Method(
        "design_flow_rate_calculation_method",
        {
            "flow/zone": "design_flow_rate",
            "flow/area": "flow_rate_per_floor_area",
            "flow/exteriorarea": "flow_rate_per_exterior_surface_area",
            "flow/exteriorwallarea": "flow_rate_per_exterior_surface_area",
            "airchanges/hour": "air_changes_per_hour",
        },
    ),
    **dict.fromkeys(("ZoneVentilation:DesignFlowRate", "ZoneMixing", "ZoneCrossMixing"), _AIR),
    # Sum, Maximum and the proportional methods read several fields and refuse none.
    "DesignSpecification:OutdoorAir": Method(
        "outdoor_air_method",
        {
            "flow/person": "outdoor_air_flow_per_person",
            "flow/area": "outdoor_air_flow_per_zone_floor_area",
            "flow/zone": "outdoor_air_flow_per_zone",
            "airchanges/hour": "outdoor_air_flow_air_changes_per_hour",
        },
    ),
}
