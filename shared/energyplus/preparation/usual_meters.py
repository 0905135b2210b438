"""The meters by fuel and end use that a model has, from the classes of its objects. Pure.

Asking EnergyPlus for a meter that a model does not have adds a warning to its results, and asking for all adds those
of every zone, so the meters are worked out. What a class is metered under is in EnergyPlus 25.2's Input Output
Reference, under the outputs of each class. For equipment that is connected to nothing EnergyPlus has no meter, and
warns.
"""

from collections.abc import Iterator

from shared.energyplus.formats.document import TEMPLATES, Document
from shared.energyplus.fuels import FUELS

ELECTRICITY, GAS = "Electricity", "NaturalGas"
WATER, STEAM, CHILLED = "DistrictHeatingWater", "DistrictHeatingSteam", "DistrictCooling"
#: Classes that heat and cool with electricity, and with the fuel of `fuel_type` where they have that field.
BOTH = ("AirConditioner:VariableRefrigerantFlow", "ChillerHeater:Absorption:", "CentralHeatPumpSystem")
#: The same of classes that EnergyPlus expands before it runs. Their fields have words for equipment, see WORDS.
TEMPLATE_USES = (
    *((f"HVACTemplate:Zone:{name}", "Fans", ELECTRICITY) for name in ("FanCoil", "PT", "WaterToAir", "VRF")),
    ("HVACTemplate:Zone:VAV:FanPowered", "Fans", ELECTRICITY),
    ("HVACTemplate:System:Unitary", "Fans", ELECTRICITY),
    ("HVACTemplate:System:VAV", "Fans", ELECTRICITY),
    ("HVACTemplate:System:PackagedVAV", "Fans", ELECTRICITY),
    ("HVACTemplate:System:ConstantVolume", "Fans", ELECTRICITY),
    ("HVACTemplate:System:D", "Fans", ELECTRICITY),
    ("HVACTemplate:Plant:", "Pumps", ELECTRICITY),
    ("HVACTemplate:", "Heating", "preheat_coil_type"),
    ("HVACTemplate:", "Heating", "heating_coil_type"),
    ("HVACTemplate:", "Heating", "heat_pump_heating_coil_type"),
    ("HVACTemplate:", "Heating", "supplemental_heating_coil_type"),
    ("HVACTemplate:", "Heating", "reheat_coil_type"),
    ("HVACTemplate:", "Heating", "baseboard_heating_type"),
    ("HVACTemplate:", "Heating", "fuel_type"),
    ("HVACTemplate:Plant:Boiler", "Heating", "boiler_type"),
    ("HVACTemplate:System:VRF", "Heating", ELECTRICITY),
    ("HVACTemplate:Zone:IdealLoadsAirSystem", "Heating", WATER),
    ("HVACTemplate:", "Cooling", "cooling_coil_type"),
    ("HVACTemplate:Plant:Chiller", "Cooling", "chiller_type"),
    ("HVACTemplate:System:VRF", "Cooling", "fuel_type"),
    ("HVACTemplate:System:VRF", "Cooling", ELECTRICITY),
    ("HVACTemplate:Zone:IdealLoadsAirSystem", "Cooling", CHILLED),
    ("HVACTemplate:Plant:Tower", "HeatRejection", ELECTRICITY),
    ("HVACTemplate:", "Humidifier", "humidifier_type"),
    ("HVACTemplate:", "HeatRecovery", "heat_recovery_type"),
)
#: What words of templates contain, with the fuels of what they expand to. Gas has ignition and fans too.
WORDS = {
    "electric": (ELECTRICITY,),
    "dx": (ELECTRICITY,),
    "heatpump": (ELECTRICITY,),
    "gas": (GAS, ELECTRICITY),
    "boiler": (ELECTRICITY,),
    "districthotwater": (WATER,),
    "districtchilledwater": (CHILLED,),
    "sensible": (ELECTRICITY,),
    "enthalpy": (ELECTRICITY,),
}
#: What ideal loads use in versions without the fields for it.
WITHOUT_FIELD = {"heating_fuel_type": WATER, "cooling_fuel_type": CHILLED}
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
    ("Pump:", "Pumps", ELECTRICITY),
    ("HeaderedPumps:", "Pumps", ELECTRICITY),
    ("ZoneHVAC:LowTemperatureRadiant:ConstantFlow", "Pumps", ELECTRICITY),
    ("Coil:Heating:Fuel", "Heating", "fuel_type"),
    ("Coil:Heating:Fuel", "Heating", ELECTRICITY),
    ("Coil:Heating:Gas:MultiStage", "Heating", "fuel_type"),
    ("Coil:Heating:Electric", "Heating", ELECTRICITY),
    ("Coil:Heating:DX", "Heating", ELECTRICITY),
    ("Coil:Heating:DX:MultiSpeed", "Heating", "fuel_type"),
    ("Coil:Heating:WaterToAirHeatPump", "Heating", ELECTRICITY),
    ("Boiler:", "Heating", "fuel_type"),
    ("Boiler:HotWater", "Heating", ELECTRICITY),
    ("ZoneHVAC:Baseboard:Convective:Electric", "Heating", ELECTRICITY),
    ("ZoneHVAC:Baseboard:RadiantConvective:Electric", "Heating", ELECTRICITY),
    ("ZoneHVAC:LowTemperatureRadiant:Electric", "Heating", ELECTRICITY),
    ("ZoneHVAC:HighTemperatureRadiant", "Heating", "fuel_type"),
    ("DistrictHeating:Water", "Heating", WATER),
    ("DistrictHeating:Steam", "Heating", STEAM),
    ("HeatPump:PlantLoop:EIR:Heating", "Heating", ELECTRICITY),
    ("HeatPump:WaterToWater:EquationFit:Heating", "Heating", ELECTRICITY),
    ("HeatPump:WaterToWater:ParameterEstimation:Heating", "Heating", ELECTRICITY),
    ("HeatPump:AirToWater:FuelFired:Heating", "Heating", "fuel_type"),
    ("HeatPump:AirToWater:FuelFired:Heating", "Heating", ELECTRICITY),
    *(
        (name, end_use, fuel)
        for name in BOTH
        for end_use in ("Heating", "Cooling")
        for fuel in (ELECTRICITY, "fuel_type")
    ),
    ("Coil:Cooling:DX", "Cooling", ELECTRICITY),
    ("Coil:Cooling:DX:MultiSpeed", "Cooling", "fuel_type"),
    ("Coil:Cooling:WaterToAirHeatPump", "Cooling", ELECTRICITY),
    ("Chiller:Electric", "Cooling", ELECTRICITY),
    ("Chiller:ConstantCOP", "Cooling", ELECTRICITY),
    ("Chiller:Absorption", "Cooling", ELECTRICITY),
    ("Chiller:EngineDriven", "Cooling", "fuel_type"),
    ("Chiller:CombustionTurbine", "Cooling", "fuel_type"),
    ("HeatPump:PlantLoop:EIR:Cooling", "Cooling", ELECTRICITY),
    ("HeatPump:WaterToWater:EquationFit:Cooling", "Cooling", ELECTRICITY),
    ("HeatPump:WaterToWater:ParameterEstimation:Cooling", "Cooling", ELECTRICITY),
    ("HeatPump:AirToWater:FuelFired:Cooling", "Cooling", "fuel_type"),
    ("HeatPump:AirToWater:FuelFired:Cooling", "Cooling", ELECTRICITY),
    ("EvaporativeCooler:", "Cooling", ELECTRICITY),
    ("ZoneHVAC:Dehumidifier:DX", "Cooling", ELECTRICITY),
    ("DistrictCooling", "Cooling", CHILLED),
    ("ZoneHVAC:IdealLoadsAirSystem", "Heating", "heating_fuel_type"),
    ("ZoneHVAC:IdealLoadsAirSystem", "Cooling", "cooling_fuel_type"),
    ("CoolingTower:", "HeatRejection", ELECTRICITY),
    ("FluidCooler:", "HeatRejection", ELECTRICITY),
    ("EvaporativeFluidCooler:", "HeatRejection", ELECTRICITY),
    ("Humidifier:Steam:Electric", "Humidifier", ELECTRICITY),
    ("Humidifier:Steam:Gas", "Humidifier", GAS),
    ("HeatExchanger:AirToAir:", "HeatRecovery", ELECTRICITY),
    ("HeatExchanger:Desiccant:", "HeatRecovery", ELECTRICITY),
    ("WaterHeater:Mixed", "WaterSystems", "heater_fuel_type"),
    ("WaterHeater:Stratified", "WaterSystems", "heater_fuel_type"),
    ("WaterHeater:", "WaterSystems", "off_cycle_parasitic_fuel_type"),
    ("WaterHeater:", "WaterSystems", "on_cycle_parasitic_fuel_type"),
    ("WaterHeater:HeatPump:", "WaterSystems", ELECTRICITY),
    ("Coil:WaterHeating:", "WaterSystems", ELECTRICITY),
    ("Refrigeration:", "Refrigeration", ELECTRICITY),
    ("Generator:InternalCombustionEngine", "Cogeneration", "fuel_type"),
    ("Generator:CombustionTurbine", "Cogeneration", "fuel_type"),
    ("Generator:MicroTurbine", "Cogeneration", "fuel_type"),
    ("Generator:FuelCell", "Cogeneration", GAS),
    ("Generator:MicroCHP", "Cogeneration", GAS),
    *TEMPLATE_USES,
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
    if "WaterUse:Equipment" in document.classes() and "WaterUse:Connections" not in document.classes():
        # Equipment without connections heats its water itself.
        ends[f"WaterSystems:{WATER}"] = None
    facility = {f"{meter.partition(':')[2]}:Facility": None for meter in ends}
    if any(class_name.lower().startswith(GENERATORS.lower()) for class_name in document.classes()):
        facility[PRODUCED] = None
    return [*facility, *ends]


def _fuels(document: Document, class_name: str, fuel: str) -> Iterator[str]:
    """Yields the fuels of the objects of a class; none for a field without a fuel, or that the class does not have."""
    if fuel in FUELS:
        yield fuel
        return
    if fuel not in document.schema.get_all_field_names(class_name):
        if fuel in WITHOUT_FIELD:
            yield WITHOUT_FIELD[fuel]
        return
    default = document.schema.get_field_default(class_name, fuel)
    for item in document.objects(class_name):
        text = str(item.get(fuel) or default or "").strip().lower()
        if named := [name for name in FUELS if name.lower() == text]:
            yield from named
        elif class_name.startswith(TEMPLATES):
            yield from (name for word, names in WORDS.items() if word in text for name in names)
