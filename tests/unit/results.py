"""Meters and tables of a house, read as the results of a run."""

from tests.unit.eplusout import Cells

ANNUAL = "AnnualBuildingUtilityPerformanceSummary"


HOUSE = {
    "Electricity:Facility": 1000.0,
    "ElectricityNet:Facility": 700.0,
    "ElectricityPurchased:Facility": 800.0,
    "Photovoltaic:ElectricityProduced": 300.0,
    "NaturalGas:Facility": 500.0,
    "Coal:Facility": 50.0,
    "DistrictHeatingWater:Facility": 30.0,
    "DistrictHeatingSteam:Facility": 20.0,
    "Heating:Electricity": 100.0,
    "Heating:NaturalGas": 500.0,
    "InteriorLights:Electricity": 900.0,
    "InteriorLights:Electricity:Zone:CORE": 400.0,
    "Heating:Coal": 50.0,
}


TABLES: Cells = {
    (ANNUAL, "Building Area", "Net Conditioned Building Area", "Area"): ("       80.00", "m2"),
    (ANNUAL, "Setpoint Not Met Criteria", "Tolerance for Zone Heating Setpoint Not Met Time", "Degrees"): (
        "0.20",
        "deltaC",
    ),
    (ANNUAL, "Setpoint Not Met Criteria", "Tolerance for Zone Cooling Setpoint Not Met Time", "Degrees"): (
        "0.20",
        "deltaC",
    ),
    ("DemandEndUseComponentsSummary", "End Uses", "Time of Peak", "Electricity"): ("17-JUL-14:15", "W"),
}
