"""The metrics, as EnergyPlus's SQLite output defines them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.catalogue import COOLING_UNMET, HEATING_UNMET, NOT_COMFORTABLE
from shared.energyplus.jobs import READ, ReadRequest
from shared.energyplus.results.peak import peak_time
from shared.energyplus.results.reading import read_results
from tests.unit.eplusout import DESIGN_DAY, Cells, Period, write
from tests.unit.results import ANNUAL, HOUSE, TABLES

NO_PEAK = -99999999999999.0


def metrics(directory: Path, periods: list[Period], cells: Cells | None = None) -> dict[str, Any]:
    write(directory, periods, TABLES | (cells or {}))
    return read_results(directory, engine_seconds=1.0).metrics


def test_design_days_have_no_energy_but_sizes(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("HOT", 24, {"Electricity:Facility": 5.0}, kind=DESIGN_DAY)])

    names = ("energy", "eui", "kwh", "peak", "hours", "end_uses", "factors", "m3")
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


def test_zones_have_their_area_volume_and_multipliers(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("YEAR", 8760, HOUSE)])

    assert found["zones"] == [
        {"zone": "CORE", "floor_area_m2": 20.0, "volume_m3": 60.0, "multiplier": 2.0},
        {"zone": "WEST", "floor_area_m2": 30.0, "volume_m3": 90.0, "multiplier": 2.0},
        {"zone": "ATTIC", "floor_area_m2": 500.0, "volume_m3": 700.0, "multiplier": 1.0},
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


@pytest.mark.parametrize("periods", [1, 3])
def test_source_energy_is_meters_times_constant_factors_over_every_period(tmp_path: Path, periods: int) -> None:
    years = [Period(f"YEAR {n}", 8760, {"Electricity:Facility": 1.001}) for n in range(periods)]

    found = metrics(tmp_path, years, source_cells("3.167", "3.17"))

    assert found["source_energy_kwh"] == pytest.approx(periods * 1.001 * 3.167, rel=1e-12)
    assert (found["source_factors"], found["source_energy_note"]) == ({"electricity": 3.167}, None)


def test_source_energy_is_the_printed_one_where_a_factor_has_more_decimals_than_are_printed(tmp_path: Path) -> None:
    found = metrics(
        tmp_path, [Period("YEAR", 8760, {"Electricity:Facility": 1000.0})], source_cells("3.167", "3167.40")
    )

    assert found["source_energy_kwh"] == 3167.4


def test_source_energy_with_scheduled_factors_is_the_printed_one_of_a_year(tmp_path: Path) -> None:
    found = metrics(tmp_path, [Period("YEAR", 8760, {"Electricity:Facility": 1.0})], source_cells(SCHEDULED, "4.40"))

    assert (found["source_energy_kwh"], found["source_factors"], found["source_energy_note"]) == (4.4, None, None)


@pytest.mark.parametrize("periods", [[Period("JULY", 744)], [Period("ONE", 8760), Period("TWO", 8760)]])
def test_source_energy_with_scheduled_factors_over_another_span_is_null_with_the_reason(
    tmp_path: Path, periods: list[Period]
) -> None:
    used = [replace(period, meters={"Electricity:Facility": 1.0}) for period in periods]

    found = metrics(tmp_path, used, source_cells(SCHEDULED, "4.40"))

    assert (found["source_energy_kwh"], found["source_eui_kwh_per_m2"]) == (None, None)
    assert found["source_energy_note"] == (
        "the source factors of electricity are scheduled, and the period is not one year"
    )


SCHEDULED = 'Effective Factor =        4.395 (calculated using schedule "FAC")'


def source_cells(factor: str, printed: str) -> Cells:
    factors = "Site to Source Energy Conversion Factors"
    return {
        (ANNUAL, "Site and Source Energy", "Total Source Energy", "Total Energy"): (printed, "kWh"),
        (ANNUAL, factors, "Electricity", "Site=>Source Conversion Factor"): (factor, ""),
    }


def test_the_total_area_is_that_of_the_zones_with_their_multipliers(tmp_path: Path) -> None:
    assert metrics(tmp_path, [Period("YEAR", 8760)])["total_area_m2"] == 20 * 2 + 30 * 2


def test_the_unit_of_a_cell_is_read(tmp_path: Path) -> None:
    area = (ANNUAL, "Building Area", "Net Conditioned Building Area", "Area")

    found = metrics(tmp_path, [Period("YEAR", 8760)], {area: ("1000.00", "ft2")})

    assert found["conditioned_area_m2"] == pytest.approx(92.90304)


def test_unmet_hours_are_added_up_over_the_periods_and_flagged_over_300(tmp_path: Path) -> None:
    hours = {HEATING_UNMET: 50.25, COOLING_UNMET: 100.0, NOT_COMFORTABLE: 7.0}

    found = metrics(tmp_path, [Period("ONE", 8760, variables=hours), Period("TWO", 8760, variables=hours)])

    names = ("unmet_heating_hours", "unmet_cooling_hours", "not_comfortable_hours")
    assert [found[name] for name in names] == [100.5, 200.0, 14.0]
    assert found["unmet_hours_exceed_300"] is True


@pytest.mark.parametrize(("cooling", "both"), [("0.20", 0.2), ("1.11", None)])
def test_both_tolerances_are_given_and_the_common_one_where_they_agree(
    tmp_path: Path, cooling: str, both: float | None
) -> None:
    row = (ANNUAL, "Setpoint Not Met Criteria", "Tolerance for Zone Cooling Setpoint Not Met Time", "Degrees")

    found = metrics(tmp_path, [Period("YEAR", 8760)], {row: (cooling, "deltaC")})

    assert (found["unmet_heating_tolerance_k"], found["unmet_cooling_tolerance_k"]) == (0.2, float(cooling))
    assert found["unmet_tolerance_k"] == both


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


def test_the_job_reads_the_messages_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [Period("YEAR", 8760, HOUSE)], TABLES)
    (tmp_path / "eplusout.err").write_text("   ** Severe  ** Zone is on fire\n")
    monkeypatch.setattr("shared.energyplus.results.reading.read_messages", pytest.fail)

    read = READ.function(ReadRequest(tmp_path, succeeded=True, engine_seconds=1.0, ideal_loads=False, building=None))

    assert read.results is not None
    assert read.results.metrics["severe_errors"] == len(read.said.messages) == 1
