"""The meters by fuel and end use that a model has, from the classes of its objects. Pure.

Asking EnergyPlus for a meter that a model does not have adds a warning to its results, and asking for all adds those
of every zone, so the meters are worked out. What a class is metered under is in EnergyPlus 25.2's Input Output
Reference, under the outputs of each class. For equipment that is connected to nothing EnergyPlus has no meter, and
warns.
"""

from collections.abc import Iterator

from shared.energyplus.formats.document import Document
from shared.energyplus.fuels import FUELS

ELECTRICITY, GAS = "Electricity", "NaturalGas"
WATER, STEAM, CHILLED = "DistrictHeatingWater", "DistrictHeatingSteam", "DistrictCooling"
#: Classes, by how their names begin, with the end use and the fuel, or the field that has the fuel.
USES = (
    ("Lights", "InteriorLights", ELECTRICITY),
    ("Exterior:Lights", "ExteriorLights", ELECTRICITY),
    ("Exterior:FuelEquipment", "ExteriorEquipment", "fuel_use_type"),
    ("ElectricLoadCenter:Transformer", "ExteriorEquipment", ELECTRICITY),
    ("ElectricEquipment", "InteriorEquipment", ELECTRICITY),
    ("GasEquipment", "InteriorEquipment", GAS),
    ("HotWaterEquipment", "InteriorEquipment", WATER),
    ("SteamEquipment", "InteriorEquipment", STEAM),
    ("OtherEquipment", "InteriorEquipment", "fuel_type"),
    ("Fan:", "Fans", ELECTRICITY),
    ("HVACTemplate:System:", "Fans", ELECTRICITY),
    ("Pump:", "Pumps", ELECTRICITY),
    ("HeaderedPumps:", "Pumps", ELECTRICITY),
    ("HVACTemplate:Plant:", "Pumps", ELECTRICITY),
    ("Coil:Heating:Fuel", "Heating", "fuel_type"),
    ("Coil:Heating:Fuel", "Heating", ELECTRICITY),
    ("Coil:Heating:Gas:MultiStage", "Heating", "fuel_type"),
    ("Coil:Heating:Electric", "Heating", ELECTRICITY),
    ("Coil:Heating:DX", "Heating", ELECTRICITY),
    ("Coil:Heating:WaterToAirHeatPump", "Heating", ELECTRICITY),
    ("Boiler:", "Heating", "fuel_type"),
    ("Boiler:HotWater", "Heating", ELECTRICITY),
    ("HVACTemplate:Plant:Boiler", "Heating", "fuel_type"),
    ("ZoneHVAC:Baseboard:Convective:Electric", "Heating", ELECTRICITY),
    ("ZoneHVAC:Baseboard:RadiantConvective:Electric", "Heating", ELECTRICITY),
    ("ZoneHVAC:LowTemperatureRadiant:Electric", "Heating", ELECTRICITY),
    ("ZoneHVAC:HighTemperatureRadiant", "Heating", "fuel_type"),
    ("DistrictHeating:Water", "Heating", WATER),
    ("DistrictHeating:Steam", "Heating", STEAM),
    ("Coil:Cooling:DX", "Cooling", ELECTRICITY),
    ("Coil:Cooling:WaterToAirHeatPump", "Cooling", ELECTRICITY),
    ("Chiller:Electric", "Cooling", ELECTRICITY),
    ("DistrictCooling", "Cooling", CHILLED),
    ("ZoneHVAC:IdealLoadsAirSystem", "Heating", "heating_fuel_type"),
    ("ZoneHVAC:IdealLoadsAirSystem", "Cooling", "cooling_fuel_type"),
    ("HVACTemplate:Zone:IdealLoadsAirSystem", "Heating", WATER),
    ("HVACTemplate:Zone:IdealLoadsAirSystem", "Cooling", CHILLED),
    ("CoolingTower:", "HeatRejection", ELECTRICITY),
    ("FluidCooler:", "HeatRejection", ELECTRICITY),
    ("EvaporativeFluidCooler:", "HeatRejection", ELECTRICITY),
    ("Humidifier:Steam:Electric", "Humidifier", ELECTRICITY),
    ("Humidifier:Steam:Gas", "Humidifier", GAS),
    ("HeatExchanger:AirToAir:SensibleAndLatent", "HeatRecovery", ELECTRICITY),
    ("WaterHeater:Mixed", "WaterSystems", "heater_fuel_type"),
    ("WaterHeater:Stratified", "WaterSystems", "heater_fuel_type"),
    ("Refrigeration:", "Refrigeration", ELECTRICITY),
)
#: What generators have besides.
GENERATORS, PRODUCED = "Generator:", "ElectricityProduced:Facility"


def usual_meters(document: Document) -> list[str]:
    """The facility's meter of each fuel, and the meter of each end use by fuel; fuels first."""
    ends: dict[str, None] = {}
    for class_name in sorted(document.classes()):
        for beginning, end_use, fuel in USES:
            if class_name.lower().startswith(beginning.lower()):
                ends |= {f"{end_use}:{name}": None for name in _fuels(document, class_name, fuel)}
    facility = {f"{meter.partition(':')[2]}:Facility": None for meter in ends}
    if any(class_name.lower().startswith(GENERATORS.lower()) for class_name in document.classes()):
        facility[PRODUCED] = None
    return [*facility, *ends]


def _fuels(document: Document, class_name: str, fuel: str) -> Iterator[str]:
    """Yields the fuels of the objects of a class; none for a field without a fuel, or that a version does not have."""
    if fuel in FUELS:
        yield fuel
        return
    if fuel not in document.schema.get_all_field_names(class_name):
        return
    default = document.schema.get_field_default(class_name, fuel)
    for item in document.objects(class_name):
        text = str(item.get(fuel) or default or "").strip().lower()
        yield from (name for name in FUELS if name.lower() == text)
