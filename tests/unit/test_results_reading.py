"""The metrics, as EnergyPlus's SQLite output defines them."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.results.peak import peak_time
from shared.energyplus.results.reading import read_results
from tests.unit.eplusout import DESIGN_DAY, Cells, Period, write
from tests.unit.results import ANNUAL, HOUSE, TABLES

NO_PEAK = -99999999999999.0


def metrics(directory: Path, periods: list[Period], cells: Cells | None = None) -> dict[str, Any]:
    write(directory, periods, TABLES | (cells or {}))
    return read_results(directory, engine_seconds=1.0).metrics


@pytest.mark.parametrize(
    ("periods", "kind", "hours"),
    [
        ([Period("YEAR", 8760)], "annual", 8760),
        ([Period("LEAP YEAR", 8784)], "annual", 8784),
        ([Period("JULY", 744)], "partial", 744),
        ([Period("JANUARY", 744), Period("JULY", 744)], "multiple", 1488),
        ([Period("HOT", 24, kind=DESIGN_DAY), Period("YEAR", 8760)], "annual", 8760),
        ([Period("HOT", 24, kind=DESIGN_DAY)], "design_days", 0),
    ],
)
def test_the_period_is_named_by_what_was_simulated(
    tmp_path: Path, periods: list[Period], kind: str, hours: float
) -> None:
    period = metrics(tmp_path, periods)["period"]

    assert (period["kind"], period["hours_simulated"]) == (kind, hours)


def test_design_days_have_no_energy_but_sizes(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("HOT", 24, {"Electricity:Facility": 5.0}, kind=DESIGN_DAY)])

    names = ("energy", "eui", "kwh", "peak", "unmet_h", "hours", "end_uses", "factors", "m3")
    null = {key: value for key, value in found.items() if any(name in key for name in names)}
    assert len(null) > 20
    assert set(null.values()) == {None}
    assert found["period"]["environments"] == ["HOT"]
    assert found["total_area_m2"] == 100.0
    assert found["sizing"]["zones"] == [
        {
            "zone": "CORE",
            "load": "cooling",
            "design_load_w": 1200.5,
            "design_air_flow_m3_per_s": 0.1,
            "design_day": "HOT",
        }
    ]


def test_energies_are_those_of_the_meters(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("YEAR", 8760, HOUSE)])

    expected = {
        "site_energy_kwh": 1600.0,
        "net_site_energy_kwh": 1300.0,
        "site_eui_kwh_per_m2": 16.0,
        "electricity_kwh": 1000.0,
        "electricity_purchased_kwh": 800.0,
        "pv_kwh": 300.0,
        "natural_gas_kwh": 500.0,
        "other_fuels_kwh": 50.0,
        "district_heating_kwh": 50.0,
        "district_cooling_kwh": None,
        "heating_kwh": 650.0,
        "cooling_kwh": None,
        "interior_lighting_kwh": 900.0,
        "water_m3": None,
    }
    assert {key: found[key] for key in expected} == expected
    assert found["end_uses"] == {
        "heating": {"electricity": 100.0, "natural_gas": 500.0, "coal": 50.0},
        "interior_lighting": {"electricity": 900.0},
    }


def test_several_run_periods_are_added_up_and_design_days_left_out(tmp_path: Path) -> None:
    found = metrics(
        tmp_path,
        [
            Period("HOT", 24, {"Electricity:Facility": 99.0}, kind=DESIGN_DAY),
            Period("JANUARY", 744, {"Electricity:Facility": 10.0}),
            Period("JULY", 744, {"Electricity:Facility": 20.0}),
        ],
    )

    assert found["electricity_kwh"] == 30.0


def test_the_peak_is_the_largest_of_all_run_periods(tmp_path: Path) -> None:
    meter = {"Electricity:Facility": 1.0}
    peaks = [NO_PEAK, 9e5, NO_PEAK]

    found = metrics(
        tmp_path, [Period(f"P{n}", 744, meter, {"Electricity:Facility": peak}) for n, peak in enumerate(peaks)]
    )

    assert (found["peak_electricity_w"], found["peak_interval_minutes"]) == (1000.0, 15)
    assert found["peak_electricity_at"] == "07-17T14:15"


def test_the_peak_is_the_tables_where_sizing_went_higher_than_the_run(tmp_path: Path) -> None:
    peak = ("DemandEndUseComponentsSummary", "End Uses", "Total End Uses", "Electricity")
    year = Period("YEAR", 8760, {"Electricity:Facility": 1.0}, {"Electricity:Facility": NO_PEAK})

    assert metrics(tmp_path, [year], {peak: ("  1065584.46", "W")})["peak_electricity_w"] == 1065584.46


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("02-APR-07:30", "04-02T07:30"),
        ("17-JUL-24:00", "07-18T00:00"),
        ("31-DEC-24:00", "01-01T00:00"),
        ("29-FEB-10:00", "02-29T10:00"),
        ("31-FEB-10:00", None),
        ("01-XXX-10:00", None),
        ("-", None),
    ],
)
def test_the_time_of_the_peak_has_no_year_and_no_24th_hour(printed: str, shown: str | None) -> None:
    assert peak_time(printed) == shown


def test_source_energy_is_unrounded_where_factors_and_meters_meet_the_printed_total(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("YEAR", 8760, {"Electricity:Facility": 1.001})], source_cells("3.17", "kWh"))

    assert found["source_energy_kwh"] == pytest.approx(1.001 * 3.167, rel=1e-12)
    assert found["source_factors"] == {"electricity": 3.167}


@pytest.mark.parametrize(("printed", "units", "kwh"), [("10.00", "kWh", 10.0), ("36.00", "MJ", 10.0)])
def test_source_energy_is_the_printed_total_where_factors_vary_over_time(
    tmp_path: Path, printed: str, units: str, kwh: float
) -> None:
    found = metrics(tmp_path, [Period("YEAR", 8760, {"Electricity:Facility": 1.0})], source_cells(printed, units))

    assert found["source_energy_kwh"] == pytest.approx(kwh)


def source_cells(printed: str, units: str) -> Cells:
    factors = "Site to Source Energy Conversion Factors"
    return {
        (ANNUAL, "Site and Source Energy", "Total Source Energy", "Total Energy"): (printed, units),
        (ANNUAL, factors, "Electricity", "Site=>Source Conversion Factor"): ("3.167", ""),
    }


def test_the_unit_of_a_cell_is_read(tmp_path: Path) -> None:
    area = (ANNUAL, "Building Area", "Total Building Area", "Area")

    assert metrics(tmp_path, [Period("YEAR", 8760)], {area: ("1000.00", "ft2")})["total_area_m2"] == pytest.approx(
        92.90304
    )


def test_unmet_hours_over_300_are_flagged(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("YEAR", 8760)])

    assert (found["unmet_heating_hours"], found["unmet_cooling_hours"], found["unmet_tolerance_k"]) == (
        100.25,
        200,
        0.2,
    )
    assert found["unmet_hours_exceed_300"] is True


@pytest.mark.parametrize(
    ("name", "model", "ideal"),
    [
        ("in.idf", "ZoneHVAC:IdealLoadsAirSystem, A;", True),
        ("in.idf", "! ZoneHVAC:IdealLoadsAirSystem, A;", False),
        ("in.epJSON", '{"ZoneHVAC:IdealLoadsAirSystem": {}}', True),
    ],
)
def test_ideal_loads_are_seen_in_the_model(tmp_path: Path, name: str, model: str, ideal: bool) -> None:
    (tmp_path / name).write_text(model)

    assert metrics(tmp_path, [Period("YEAR", 8760)])["ideal_loads"] is ideal


def test_metrics_are_json(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("YEAR", 8760, HOUSE)])

    assert json.loads(json.dumps(found, allow_nan=False)) == found


@pytest.mark.parametrize(
    ("meters", "sold"),
    [
        ({"ElectricitySurplusSold:Facility": 0.0}, None),
        ({"ElectricitySurplusSold:Facility": 0.0, "ElectricityProduced:Facility": 0.0}, 0.0),
        ({"ElectricitySurplusSold:Facility": 100.0, "ElectricityProduced:Facility": 300.0}, 100.0),
    ],
)
def test_electricity_is_sold_only_where_some_can_be_generated(
    tmp_path: Path, meters: dict[str, float], sold: float | None
) -> None:
    assert metrics(tmp_path, [Period("YEAR", 8760, HOUSE | meters)])["electricity_to_grid_kwh"] == sold
