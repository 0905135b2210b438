"""Profiles of outputs: which series a model is asked for."""

from pathlib import Path

import pytest

from shared.energyplus.formats.document import Document, load
from shared.energyplus.preparation.prepare import Output, Preparation, PreparationError, Prepared, prepare
from shared.energyplus.preparation.usual_meters import usual_meters
from tests.models import ENGINE_VERSION, SMALL_OFFICE, doe_model

OWN = (
    "Version,25.2;Zone,Z;Output:Variable,*,Zone Mean Radiant Temperature,Daily;Output:Meter,NaturalGas:Facility,Daily;"
)
#: Of a run with all meters, those of a fuel, and those of an end use and a fuel.
SUPERMARKET = [
    *("Cooling:Electricity", "Electricity:Facility", "ExteriorLights:Electricity", "Fans:Electricity"),
    *("Heating:Electricity", "Heating:NaturalGas", "InteriorEquipment:Electricity", "InteriorEquipment:NaturalGas"),
    *("InteriorLights:Electricity", "NaturalGas:Facility", "Pumps:Electricity", "Refrigeration:Electricity"),
    "WaterSystems:NaturalGas",
]
HUMIDITY = Output("Zone Air Relative Humidity", frequency="Timestep")


def document(directory: Path, text: str) -> Document:
    path = directory / "some.idf"
    path.write_text(text)
    return load(path, ENGINE_VERSION)[0]


def prepared(directory: Path, model: str, profile: str, *outputs: Output) -> tuple[Prepared, list[str]]:
    """The prepared model, and its series with frequencies above that of the run period."""
    (directory / "model.idf").write_text(model)
    (directory / profile).mkdir()
    request = Preparation(profile=profile, outputs=outputs or None)
    result = prepare(directory / "model.idf", directory / profile, request, version=ENGINE_VERSION)
    found = load(result.path, ENGINE_VERSION)[0]
    items = [*found.objects("Output:Meter"), *found.objects("Output:Variable")]
    named = [(item.get("key_name") or item.get("variable_name"), item.get("reporting_frequency")) for item in items]
    return result, [f"{name} {frequency}" for name, frequency in named if frequency != "RunPeriod"]


def test_the_profile_as_authored_keeps_the_series_of_the_model(tmp_path: Path) -> None:
    result, series = prepared(tmp_path, OWN, "as_authored")

    assert series == ["NaturalGas:Facility Daily", "Zone Mean Radiant Temperature Daily"]
    assert result.keeps_series


def test_the_profile_summary_has_no_series_but_those_asked_for(tmp_path: Path) -> None:
    result, series = prepared(tmp_path, OWN, "summary")
    (tmp_path / "more").mkdir()
    more, asked = prepared(tmp_path / "more", OWN, "summary", HUMIDITY)

    assert (series, result.keeps_series) == ([], False)
    assert (asked, more.keeps_series) == (["Zone Air Relative Humidity Timestep"], True)


def test_the_profile_hourly_has_meters_zones_and_weather_besides_those_asked_for(tmp_path: Path) -> None:
    result, series = prepared(tmp_path, SMALL_OFFICE.read_text(), "hourly", HUMIDITY)

    assert result.keeps_series
    assert series == [
        *(f"{name} Hourly" for name in usual_meters(load(SMALL_OFFICE, ENGINE_VERSION)[0])),
        "Site Outdoor Air Drybulb Temperature Hourly",
        "Site Direct Solar Radiation Rate per Area Hourly",
        "Site Diffuse Solar Radiation Rate per Area Hourly",
        "Zone Mean Air Temperature Hourly",
        "Zone Air Relative Humidity Hourly",
        "Zone Air System Sensible Heating Rate Hourly",
        "Zone Air System Sensible Cooling Rate Hourly",
        "Zone Air Relative Humidity Timestep",
    ]
    assert "Output:Variable 'Zone Mean Air Temperature' of '*': added, Hourly" in result.changes


def test_a_series_that_is_asked_for_twice_is_there_once(tmp_path: Path) -> None:
    _, series = prepared(tmp_path, OWN, "hourly", Output("Zone Mean Air Temperature"))

    assert series.count("Zone Mean Air Temperature Hourly") == 1


@pytest.mark.parametrize(
    ("objects", "wanted"),
    [
        ("ZoneHVAC:IdealLoadsAirSystem,I,,In;ZoneHVAC:EquipmentConnections,Z,L,N,,A;", True),
        ("HVACTemplate:Zone:IdealLoadsAirSystem,Z,T;", True),
        ("ZoneHVAC:EquipmentConnections,Z,L,N,,A;", False),
    ],
)
def test_ideal_loads_have_series_of_their_own(tmp_path: Path, objects: str, wanted: bool) -> None:
    _, series = prepared(tmp_path, OWN + objects, "hourly")

    assert ("Zone Ideal Loads Zone Total Heating Rate Hourly" in series) is wanted
    assert "Zone Air System Sensible Heating Rate Hourly" in series


def test_a_profile_of_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(PreparationError, match="There is no profile 'weekly', only as_authored, summary, hourly"):
        prepared(tmp_path, OWN, "weekly")


def test_fuels_and_end_uses_are_those_of_the_objects(tmp_path: Path) -> None:
    text = (
        "Version,25.2;Lights,L,Z,S;OtherEquipment,O,propane,Z,S;OtherEquipment,P,None,Z,S;"
        "WaterHeater:Mixed,W,0.1,S,,,,,,,,FUELOILNO1;Generator:PVWatts,G,5,1;"
    )

    assert usual_meters(document(tmp_path, text)) == [
        *("Electricity:Facility", "Propane:Facility", "FuelOilNo1:Facility", "ElectricityProduced:Facility"),
        *("InteriorLights:Electricity", "InteriorEquipment:Propane", "WaterSystems:FuelOilNo1"),
    ]
    # A field that is empty has the fuel that EnergyPlus takes.
    ideal = document(tmp_path, "Version,25.2;ZoneHVAC:IdealLoadsAirSystem,I,,In;")
    assert usual_meters(ideal)[2:] == ["Heating:DistrictHeatingWater", "Cooling:DistrictCooling"]
    assert usual_meters(document(tmp_path, "Version,25.2;Zone,Z;")) == []


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (
            "HVACTemplate:Zone:PTAC,Z,T,,,,,,,,,,,,,,,,SingleSpeedDX,,,,,Gas;",
            "Fans:Electricity Heating:NaturalGas Heating:Electricity Cooling:Electricity",
        ),
        (
            "HVACTemplate:System:Unitary,U,,Z,,,,,,,,,,,,,HotWater;",
            "Fans:Electricity Cooling:Electricity",
        ),
        ("HVACTemplate:Zone:BaseboardHeat,Z,T,,Electric;", "Heating:Electricity"),
        (
            "HVACTemplate:Plant:Boiler,B,HotWaterBoiler,,0.8,Propane;",
            "Pumps:Electricity Heating:Propane Heating:Electricity",
        ),
        ("HVACTemplate:Plant:Chiller,C,DistrictChilledWater;", "Pumps:Electricity Cooling:DistrictCooling"),
        ("Generator:MicroTurbine,G;", "Cogeneration:NaturalGas"),
        ("Generator:InternalCombustionEngine,G;", "Cogeneration:Diesel"),
        ("HeatPump:PlantLoop:EIR:Heating,H;", "Heating:Electricity"),
        ("AirConditioner:VariableRefrigerantFlow,V;", "Heating:Electricity Cooling:Electricity"),
        (
            "ChillerHeater:Absorption:DirectFired,A;",
            "Heating:Electricity Heating:NaturalGas Cooling:Electricity Cooling:NaturalGas",
        ),
        ("EvaporativeCooler:Direct:CelDekPad,E;", "Cooling:Electricity"),
        ("Coil:WaterHeating:AirToWaterHeatPump:Pumped,W;", "WaterSystems:Electricity"),
        ("WaterUse:Equipment,W;", "WaterSystems:DistrictHeatingWater"),
        ("WaterUse:Equipment,W;WaterUse:Connections,C;", ""),
    ],
)
def test_equipment_has_the_meters_of_what_it_uses(tmp_path: Path, text: str, ends: str) -> None:
    meters = usual_meters(document(tmp_path, f"Version,25.2;{text}"))

    assert [meter for meter in meters if not meter.endswith(":Facility")] == ends.split()
    assert {f"{meter.partition(':')[2]}:Facility" for meter in ends.split()} <= set(meters)


def test_ideal_loads_of_versions_without_their_fuel_use_district_energy(tmp_path: Path) -> None:
    path = tmp_path / "some.idf"
    path.write_text("Version,23.2;ZoneHVAC:IdealLoadsAirSystem,I,,In;")

    meters = usual_meters(load(path, "23.2.0")[0])
    assert meters[2:] == ["Heating:DistrictHeatingWater", "Cooling:DistrictCooling"]


def test_meters_of_a_reference_building_are_all_that_energyplus_has() -> None:
    assert sorted(usual_meters(load(doe_model("RefBldgSuperMarket"), ENGINE_VERSION)[0])) == SUPERMARKET
