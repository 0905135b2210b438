"""EnergyPlus's fuels and end uses: how meters name them and how our metrics do.

Source: EnergyPlus 25.2 Input Output Reference, "Output:Meter"; meters are named `EndUse:Fuel` and `Fuel:Facility`.
"""

#: Meter name of each fuel -> (metric name, its row in the table of site-to-source factors).
FUELS = {
    "Electricity": ("electricity", "Electricity"),
    "NaturalGas": ("natural_gas", "Natural Gas"),
    "DistrictCooling": ("district_cooling", "District Cooling"),
    "DistrictHeatingWater": ("district_heating_water", "District Heating Water"),
    "DistrictHeatingSteam": ("district_heating_steam", "District Heating Steam"),
    "Gasoline": ("gasoline", "Gasoline"),
    "Diesel": ("diesel", "Diesel"),
    "Coal": ("coal", "Coal"),
    "FuelOilNo1": ("fuel_oil_no_1", "Fuel Oil No 1"),
    "FuelOilNo2": ("fuel_oil_no_2", "Fuel Oil No 2"),
    "Propane": ("propane", "Propane"),
    "OtherFuel1": ("other_fuel_1", "Other Fuel 1"),
    "OtherFuel2": ("other_fuel_2", "Other Fuel 2"),
}

#: Fuels that have no metric of their own in the contract.
OTHER_FUELS = ("Gasoline", "Diesel", "Coal", "FuelOilNo1", "FuelOilNo2", "Propane", "OtherFuel1", "OtherFuel2")

END_USES = {
    "Heating": "heating",
    "Cooling": "cooling",
    "InteriorLights": "interior_lighting",
    "ExteriorLights": "exterior_lighting",
    "InteriorEquipment": "interior_equipment",
    "ExteriorEquipment": "exterior_equipment",
    "Fans": "fans",
    "Pumps": "pumps",
    "HeatRejection": "heat_rejection",
    "Humidifier": "humidification",
    "HeatRecovery": "heat_recovery",
    "WaterSystems": "water_systems",
    "Refrigeration": "refrigeration",
    "Cogeneration": "generators",
}
