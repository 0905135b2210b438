"""The catalogue of metrics: name, unit, definition, group and source of each.

Asked by the reader of results, preparation, the OpenAPI document, the command line's and the demonstration's tables and
the old contract's summary. The names are those of the REST contract. Definitions follow EnergyPlus 25.2's Input Output
Reference ("Output:Meter") and Output Details ("Annual Building Utility Performance Summary").
"""

from shared.energyplus.fuels import FUELS, OTHER_FUELS
from shared.energyplus.metric import Derived, EndUse, Group, MeterSum, Metric, Shape, TableCell, VariableSum

ANNUAL = "AnnualBuildingUtilityPerformanceSummary"
DEMAND = "DemandEndUseComponentsSummary"
#: Tabular reports that a model is asked for: the sources below, and the one that names the model's own inputs.
REPORTS = (ANNUAL, "InputVerificationandResultsSummary", DEMAND)
#: One wildcard asks for every meter there is, once per run period: asking for one that is not there adds a warning.
METERS = "*"

#: Output variables of hours, which the tables have for the last run period only.
HEATING_UNMET = "Facility Heating Setpoint Not Met While Occupied Time"
COOLING_UNMET = "Facility Cooling Setpoint Not Met While Occupied Time"
NOT_COMFORTABLE = "Facility Thermal Comfort ASHRAE 55 Simple Model Summer or Winter Clothes Not Comfortable Time"


def _fuel(name: str, text: str, *fuels: str, headline: bool = False, label: str = "") -> Metric:
    source = MeterSum(tuple(f"{fuel}:Facility" for fuel in fuels))
    return Metric(name, "kWh", text, Group.FUELS, source, headline=headline, label=label)


def _end_use(name: str, text: str, *, headline: bool = False, label: str = "") -> Metric:
    source = EndUse(name.removesuffix("_kwh"))
    return Metric(name, "kWh", text, Group.END_USES, source, headline=headline, label=label)


def _hours(name: str, text: str, variable: str, *, headline: bool = False, label: str = "") -> Metric:
    return Metric(name, "h", text, Group.COMFORT, VariableSum(variable), headline=headline, label=label, digits=1)


def _tolerance(name: str, text: str, row: str) -> Metric:
    source = TableCell(ANNUAL, "Setpoint Not Met Criteria", row, "Degrees", of_every_run=True)
    return Metric(name, "K", text, Group.COMFORT, source, digits=1)


#: In the order in which they are served.
CATALOGUE: tuple[Metric, ...] = (
    Metric(
        *("period", "", "What was simulated.", Group.PERIOD),
        Derived("environments of the SQLite output and their hours"),
        Shape.PERIOD,
        headline=True,
    ),
    Metric(
        *("site_energy_kwh", "kWh", "Total site energy.", Group.ENERGY),
        MeterSum(tuple(f"{fuel}:Facility" for fuel in FUELS)),
        headline=True,
        label="site energy",
    ),
    Metric(
        *("net_site_energy_kwh", "kWh", "Site energy after generation.", Group.ENERGY),
        Derived("site energy less what the facility generated"),
    ),
    Metric(
        *("source_energy_kwh", "kWh", "Total source energy.", Group.ENERGY),
        Derived(
            "fuel meters times the model's site-to-source factors; the printed total where factors are scheduled and "
            "the period is one year"
        ),
    ),
    Metric(
        *("source_energy_note", "", "Why there is no source energy, where there is none; else null.", Group.ENERGY),
        Derived("table 'Site to Source Energy Conversion Factors'"),
        Shape.TEXT,
    ),
    Metric(
        *("source_factors", "kWh/kWh", "Source energy per site energy, by fuel, as the model has it.", Group.ENERGY),
        Derived("table 'Site to Source Energy Conversion Factors'"),
        Shape.BY_FUEL,
    ),
    Metric(
        *("site_eui_kwh_per_m2", "kWh/m2", "Site energy per total building area.", Group.ENERGY),
        Derived("site energy divided by total area"),
        headline=True,
        label="site energy",
        digits=1,
    ),
    Metric(
        *("source_eui_kwh_per_m2", "kWh/m2", "Source energy per total building area.", Group.ENERGY),
        Derived("source energy divided by total area"),
        digits=1,
    ),
    Metric(
        *("total_area_m2", "m2", "Total building area, unrounded.", Group.AREA),
        Derived("floor area times multipliers of the zones that are part of the total area, of table Zones"),
        headline=True,
        label="total area",
        digits=1,
    ),
    Metric(
        *("conditioned_area_m2", "m2", "Net conditioned building area, as printed.", Group.AREA),
        TableCell(ANNUAL, "Building Area", "Net Conditioned Building Area", "Area", of_every_run=True),
        digits=1,
    ),
    Metric(
        *("building", "", "Name of the model's Building object; null without one.", Group.AREA),
        Derived("the prepared model"),
        Shape.TEXT,
    ),
    Metric(
        *("zones", "", "Floor area and volume of each zone, without its multiplier.", Group.AREA),
        Derived("table Zones of the SQLite output"),
        Shape.ZONES,
    ),
    Metric(
        *("assemblies_gwp_kgco2e", "kg CO2e", "Global warming potential of the library's constructions.", Group.AREA),
        Derived("exterior area times the library's factor, of elements with a construction of the library; else null"),
    ),
    Metric(
        *("assemblies_cost_sek", "SEK", "Cost of the library's constructions.", Group.AREA),
        Derived("exterior area times the library's factor, of elements with a construction of the library; else null"),
    ),
    _end_use("heating_kwh", "Heating over all fuels.", headline=True, label="heating"),
    _end_use("cooling_kwh", "Cooling over all fuels.", headline=True, label="cooling"),
    _end_use("interior_lighting_kwh", "Interior lighting.", headline=True, label="lighting"),
    _end_use("interior_equipment_kwh", "Interior equipment over all fuels.", headline=True, label="equipment"),
    _end_use("fans_kwh", "Fans."),
    _end_use("pumps_kwh", "Pumps."),
    _end_use("water_systems_kwh", "Service water heating."),
    _fuel("electricity_kwh", "Electricity used by the facility.", "Electricity", headline=True, label="electricity"),
    Metric(
        *("electricity_purchased_kwh", "kWh", "Electricity bought from the grid.", Group.FUELS),
        MeterSum(("ElectricityPurchased:Facility",)),
    ),
    Metric(
        *("electricity_to_grid_kwh", "kWh", "Surplus electricity sold; null without generation.", Group.FUELS),
        Derived("meter ElectricitySurplusSold:Facility, where there is an ElectricityProduced:Facility"),
    ),
    Metric(
        *("pv_kwh", "kWh", "Electricity from photovoltaics.", Group.FUELS),
        MeterSum(("Photovoltaic:ElectricityProduced",)),
    ),
    _fuel("natural_gas_kwh", "Natural gas.", "NaturalGas", headline=True, label="natural gas"),
    _fuel(
        *("district_heating_kwh", "District heating, water and steam."),
        *("DistrictHeatingWater", "DistrictHeatingSteam"),
    ),
    _fuel("district_cooling_kwh", "District cooling.", "DistrictCooling"),
    _fuel("other_fuels_kwh", "All other fuels.", *OTHER_FUELS),
    Metric("water_m3", "m3", "Water; never among the energy.", Group.FUELS, MeterSum(("Water:Facility",)), digits=1),
    Metric(
        *("peak_electricity_w", "W", "Highest facility electricity demand before generation.", Group.DEMAND),
        Derived("largest value of the electricity meter in one time step of a weather run period"),
        headline=True,
        label="peak electricity",
    ),
    Metric(
        *("peak_electricity_at", "", "When, as local standard time at interval end, without a year.", Group.DEMAND),
        Derived("table 'End Uses' of the demand report, 'Time of Peak'"),
        Shape.TIME,
    ),
    Metric(
        *("peak_interval_minutes", "min", "Interval the peak is an average over.", Group.DEMAND),
        Derived("time steps per hour of the model"),
    ),
    _hours(
        *("unmet_heating_hours", "Occupied hours below the heating setpoint, any zone."),
        HEATING_UNMET,
        headline=True,
        label="unmet heating",
    ),
    _hours(
        *("unmet_cooling_hours", "Occupied hours above the cooling setpoint, any zone."),
        COOLING_UNMET,
        headline=True,
        label="unmet cooling",
    ),
    Metric(
        "unmet_hours_exceed_300",
        "",
        "Whether unmet heating and cooling hours together are more than the 300 of ASHRAE 90.1 Appendix G, G3.1.2.3.",
        Group.COMFORT,
        Derived("sum of the unmet hours above 300"),
        Shape.FLAG,
    ),
    Metric(
        *("unmet_tolerance_k", "K", "How far off counts as unmet; null where the two below differ.", Group.COMFORT),
        Derived("the heating tolerance, where the cooling tolerance is the same"),
        digits=1,
    ),
    _tolerance(
        *("unmet_heating_tolerance_k", "How far below the heating setpoint counts as unmet."),
        "Tolerance for Zone Heating Setpoint Not Met Time",
    ),
    _tolerance(
        *("unmet_cooling_tolerance_k", "How far above the cooling setpoint counts as unmet."),
        "Tolerance for Zone Cooling Setpoint Not Met Time",
    ),
    _hours(
        *("not_comfortable_hours", "Hours outside simple ASHRAE 55 comfort."),
        NOT_COMFORTABLE,
    ),
    Metric(
        "ideal_loads",
        "",
        "Whether the model has systems that deliver loads and not energy: ZoneHVAC:IdealLoadsAirSystem without the "
        "efficiencies of its fuels.",
        Group.COMFORT,
        Derived("the prepared model"),
        Shape.FLAG,
    ),
    Metric(
        *("warnings", "", "Warnings that EnergyPlus counted.", Group.RUN),
        Derived("the .err file's closing line"),
        Shape.INTEGER,
        headline=True,
        label="warnings",
    ),
    Metric(
        *("severe_errors", "", "Severe errors that EnergyPlus counted.", Group.RUN),
        Derived("the .err file's closing line"),
        Shape.INTEGER,
        headline=True,
        label="severe errors",
    ),
    Metric(
        *("engine_seconds", "s", "How long EnergyPlus ran.", Group.RUN),
        Derived("the worker's clock"),
        headline=True,
        label="EnergyPlus",
        digits=1,
    ),
    Metric(
        *("end_uses", "kWh", "{end use: {fuel: kWh}}", Group.END_USES),
        Derived("every meter of an end use and a fuel"),
        Shape.BY_END_USE,
    ),
    Metric(
        *("sizing", "", "Design loads and air flows of zones and air systems.", Group.SIZING),
        Derived("tables ZoneSizes and SystemSizes of the SQLite output"),
        Shape.SIZING,
    ),
)

BY_NAME = {metric.name: metric for metric in CATALOGUE}
#: Output variables that a model is asked for, once per run period.
VARIABLES = tuple(metric.source.variable for metric in CATALOGUE if isinstance(metric.source, VariableSum))
HEADLINES = tuple(metric for metric in CATALOGUE if metric.headline)
