"""Our numbers against those of the same engine, run by hand and read by hand."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from api_service.submission.expand import draw
from shared.energyplus.preparation.prepare import Parameter, Preparation, prepare
from shared.energyplus.results.reading import read_results
from shared.request import preparation
from shared.spec import ParameterSpec, SamplingSpec, StudySpec
from tests.e2e import by_hand
from tests.fidelity.year import compare, place_of
from tests.models import ENGINE_VERSION, SMALL_OFFICE, doe_model, weather

KWH_PER_GJ = 1e9 / 3.6e6
#: Half a digit of a report printed in GJ.
PRINTED = 0.005 * KWH_PER_GJ
CONVERSIONS = ("None", "JtoKWH", "JtoMJ", "JtoGJ", "InchPound", "InchPoundExceptElectricity")
#: DOE models that run a year in a few seconds; the others take up to some minutes.
YEARS = ("RefBldgQuickServiceRestaurant", "RefBldgWarehouse", "ASHRAE901_OfficeSmall")
#: More than the small office uses on a bright day, so that some is sold.
PHOTOVOLTAICS = """
Generator:PVWatts,PV,5,40000,Standard,FixedOpenRack,0.14,TiltAzimuth,20,180;
ElectricLoadCenter:Inverter:PVWatts,Inverter,1.1,0.96;
ElectricLoadCenter:Generators,PV list,PV,Generator:PVWatts,40000,Always On,;
ElectricLoadCenter:Distribution,PV system,PV list,Baseload,0,,,DirectCurrentWithInverter,Inverter;
"""
METER_NAMES = {"electricity": "Electricity", "natural_gas": "NaturalGas"}

Metrics = dict[str, Any]


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fidelity")


def run(model: Path, place: str, directory: Path, request: Preparation | None = None) -> Metrics:
    """Prepare, run and read a model as the worker does, in this process."""
    directory.mkdir()
    prepared = prepare(model, directory, request or Preparation(), version=ENGINE_VERSION)
    if prepared.needs_expansion:
        prepared.path.write_bytes(by_hand.expand(prepared.path, directory / "expand").read_bytes())
    by_hand.execute(prepared.path, weather(place), directory)
    metrics = read_results(directory, engine_seconds=0.0, ideal_loads=prepared.has_ideal_loads).metrics
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    return metrics


@pytest.fixture(scope="module")
def small_office_year(rooms: Path) -> Metrics:
    return run(SMALL_OFFICE, "Chicago", rooms / "small_office")


@pytest.fixture(scope="module")
def reference_year(rooms: Path) -> Metrics:
    return run(doe_model("RefBldgSmallOffice"), "Chicago", rooms / "reference", Preparation(annual=True))


def test_three_run_periods_with_annual_give_one_year(rooms: Path) -> None:
    model = doe_model("ASHRAE901_OfficeSmall")

    ours = run(model, "Denver", rooms / "three_annual", Preparation(annual=True))
    theirs = by_hand.run(model, weather("Denver"), rooms / "three_annual_by_hand", year=True)

    assert (ours["period"]["kind"], ours["period"]["hours_simulated"]) == ("annual", 8760)
    assert ours["site_energy_kwh"] / KWH_PER_GJ == pytest.approx(144.83, abs=0.005)
    assert ours["site_energy_kwh"] == pytest.approx(sum(by_hand.meters_kwh(theirs).values()), rel=1e-12)


def test_three_run_periods_as_authored_give_their_own_hours_and_are_no_year(rooms: Path) -> None:
    model = doe_model("ASHRAE901_OfficeSmall")

    ours = run(model, "Denver", rooms / "three")
    theirs = by_hand.run(model, weather("Denver"), rooms / "three_by_hand")

    assert (ours["period"]["kind"], ours["period"]["hours_simulated"]) == ("multiple", 2208)
    assert ours["site_energy_kwh"] / KWH_PER_GJ == pytest.approx(37.39, abs=0.005)
    assert ours["site_energy_kwh"] == pytest.approx(sum(by_hand.meters_kwh(theirs).values()), rel=1e-12)
    site_gj, _ = by_hand.html_table(theirs, "Total Site Energy")
    assert ours["site_energy_kwh"] == pytest.approx(site_gj * KWH_PER_GJ, abs=PRINTED)
    assert ours["peak_electricity_at"] == "04-02T07:30"


def test_a_reference_building_gives_its_known_year(reference_year: Metrics) -> None:
    assert reference_year["period"]["hours_simulated"] == 8760
    assert reference_year["site_energy_kwh"] / KWH_PER_GJ == pytest.approx(317.18, abs=0.005)


def test_a_reference_building_as_authored_has_sizes_and_no_energy(rooms: Path) -> None:
    ours = run(doe_model("RefBldgSmallOffice"), "Chicago", rooms / "design_days")

    assert ours["period"]["kind"] == "design_days"
    absent = [key for key in ours if re.search(r"_kwh|_m3$|peak|^unmet.*hours|not_comfortable|end_uses", key)]
    assert len(absent) > 20
    assert {ours[key] for key in absent} == {None}
    assert len(ours["sizing"]["zones"]) == 10


def test_a_model_prepared_without_changes_gives_exactly_what_the_engine_gives_by_hand(
    rooms: Path, small_office_year: Metrics
) -> None:
    theirs = by_hand.run(SMALL_OFFICE, weather("Chicago"), rooms / "small_office_by_hand")

    meters = by_hand.meters_kwh(theirs)
    assert small_office_year["electricity_kwh"] == pytest.approx(meters["Electricity:Facility"], rel=1e-14)
    assert small_office_year["natural_gas_kwh"] == pytest.approx(meters["NaturalGas:Facility"], rel=1e-14)
    for row, key in (("Total Site Energy", "site"), ("Total Source Energy", "source")):
        total_gj, mj_per_m2 = by_hand.html_table(theirs, row)
        assert small_office_year[f"{key}_energy_kwh"] == pytest.approx(total_gj * KWH_PER_GJ, abs=PRINTED)
        assert small_office_year[f"{key}_eui_kwh_per_m2"] * 3.6 == pytest.approx(mj_per_m2, abs=0.005)
    assert small_office_year["warnings"] == 0


@pytest.mark.parametrize("fixture", ["small_office_year", "reference_year"])
def test_end_uses_sum_to_the_facility_meters(request: pytest.FixtureRequest, rooms: Path, fixture: str) -> None:
    ours: Metrics = request.getfixturevalue(fixture)

    assert_conserved(ours, rooms / fixture.removesuffix("_year"))


def test_the_units_of_the_users_report_change_no_metric(rooms: Path) -> None:
    short = by_hand.shorten(SMALL_OFFICE, rooms, last_day=3)
    found: dict[str, Metrics] = {}
    for conversion in CONVERSIONS:
        styled = rooms / f"styled_{conversion}.idf"
        styled.write_text(short.read_text() + f"\nOutputControl:Table:Style,HTML,{conversion};\n")
        found[conversion] = run(styled, "Chicago", rooms / conversion)

    assert found["None"]["site_energy_kwh"] > 100
    assert all(metrics == found["None"] for metrics in found.values())
    assert "kBtu" in (rooms / "InchPound" / "eplustbl.htm").read_text()


def test_more_lighting_takes_more_electricity_and_less_heating(rooms: Path, small_office_year: Metrics) -> None:
    brighter = Parameter("Lights", "*", "Watts per Floor Area", "scale", 1.5)

    ours = run(SMALL_OFFICE, "Chicago", rooms / "brighter", Preparation(parameters=(brighter,)))

    before = small_office_year
    assert ours["interior_lighting_kwh"] == pytest.approx(1.5 * before["interior_lighting_kwh"], rel=1e-12)
    assert ours["heating_kwh"] < before["heating_kwh"]
    assert ours["cooling_kwh"] > before["cooling_kwh"]
    assert ours["interior_equipment_kwh"] == before["interior_equipment_kwh"]


def test_one_at_a_time_changes_one_parameter_and_nothing_else(rooms: Path) -> None:
    room = rooms / "one_at_a_time"
    room.mkdir()
    short = by_hand.shorten(SMALL_OFFICE, room, last_day=2)
    lights = ParameterSpec("lights", "Lights", "Watts per Floor Area", (1.5,), mode="scale")
    equipment = ParameterSpec("equipment", "ElectricEquipment", "Watts per Floor Area", (2.0,), mode="scale")
    spec = StudySpec(parameters=(lights, equipment), sampling=SamplingSpec("one_at_a_time"))
    variants = [{}, *draw(spec.parameters, spec.sampling)]

    before, brighter, busier = (
        run(short, "Chicago", room / str(index), preparation(spec, variant)) for index, variant in enumerate(variants)
    )

    ratios = [
        [ours[name] / before[name] for name in ("interior_lighting_kwh", "interior_equipment_kwh")]
        for ours in (brighter, busier)
    ]
    assert ratios == [pytest.approx([1.5, 1], rel=1e-12), pytest.approx([1, 2], rel=1e-12)]


def test_generation_lowers_net_energy_and_neither_site_energy_nor_the_peak(rooms: Path) -> None:
    short = by_hand.shorten(SMALL_OFFICE, rooms, last_day=9)
    bright = rooms / "bright.idf"
    bright.write_text(short.read_text() + PHOTOVOLTAICS)

    plain, ours = run(short, "Tampa", rooms / "plain"), run(bright, "Tampa", rooms / "bright")
    theirs = by_hand.run(bright, weather("Tampa"), rooms / "bright_by_hand")

    assert ours["pv_kwh"] > 100
    for key in ("site_energy_kwh", "electricity_kwh", "peak_electricity_w"):
        assert ours[key] == pytest.approx(plain[key], rel=1e-9)
    net_gj, _ = by_hand.html_table(theirs, "Net Site Energy")
    # EnergyPlus prints a negative number with a digit less.
    assert ours["net_site_energy_kwh"] == pytest.approx(net_gj * KWH_PER_GJ, abs=10 * PRINTED)
    assert ours["net_site_energy_kwh"] < ours["site_energy_kwh"] - 100
    assert plain["net_site_energy_kwh"] == pytest.approx(plain["site_energy_kwh"], rel=1e-12)
    # What is made is used or sold, what is used is made or bought; both sides from meters of the engine's own.
    made = ours["electricity_kwh"] + ours["electricity_to_grid_kwh"] - ours["electricity_purchased_kwh"]
    assert made == pytest.approx(ours["site_energy_kwh"] - ours["net_site_energy_kwh"], rel=1e-9)
    assert ours["electricity_to_grid_kwh"] > 0
    assert plain["electricity_to_grid_kwh"] is None


def test_templates_with_ideal_loads_are_expanded_and_said_to_be_ideal(rooms: Path) -> None:
    text = by_hand.shorten(SMALL_OFFICE, rooms, last_day=3).read_text()
    text = text[: text.index("ThermostatSetpoint:DualSetpoint,")]
    zones = re.findall(r"^Zone,\s+(\w+);", text, re.MULTILINE)
    templates = "".join(f"HVACTemplate:Zone:IdealLoadsAirSystem,{zone},All zones;\n" for zone in zones)
    model = rooms / "ideal.idf"
    model.write_text(text + "HVACTemplate:Thermostat,All zones,,20,,26;\n" + templates)

    ours = run(model, "Chicago", rooms / "ideal")

    assert len(zones) == 5
    assert ours["ideal_loads"] is True
    assert ours["district_heating_kwh"] > 0
    assert ours["heating_kwh"] == pytest.approx(ours["district_heating_kwh"], rel=1e-12)


@pytest.mark.parametrize("name", YEARS)
def test_a_year_prints_as_energyplus_prints_it_digit_for_digit(rooms: Path, name: str) -> None:
    """Three of the 32 models that `make fidelity` compares."""
    model = doe_model(name)

    assert compare(model, weather(place_of(model)), rooms / f"year of {name}") == []


def assert_conserved(ours: Metrics, directory: Path) -> None:
    """The end uses of each fuel add up to its facility meter, as the database itself has it."""
    meters = by_hand.sql_meters_joule(directory)
    fuels = {fuel for by_fuel in ours["end_uses"].values() for fuel in by_fuel}
    for fuel in fuels:
        total = sum(by_fuel.get(fuel, 0.0) for by_fuel in ours["end_uses"].values())
        assert total == pytest.approx(meters[f"{METER_NAMES[fuel]}:Facility"] / 3.6e6, rel=1e-6)
    assert sum(ours[f"{fuel}_kwh"] for fuel in fuels) == pytest.approx(ours["site_energy_kwh"], rel=1e-12)
