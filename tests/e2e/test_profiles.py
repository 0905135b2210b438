"""Profiles of outputs: the same numbers with all of them, and the series that modellers expect with `hourly`."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.preparation.prepare import Preparation, prepare
from shared.energyplus.profiles import PROFILES
from shared.energyplus.results.reading import read_results
from tests.e2e import by_hand
from tests.e2e.box import BOX
from tests.e2e.conftest import System
from tests.models import ENGINE_VERSION, SMALL_OFFICE, doe_model, weather

ZONE = ("Zone Mean Air Temperature", "Zone Air Relative Humidity", "Zone Air System Sensible Heating Rate")
SITE = ("Site Outdoor Air Drybulb Temperature", "Site Direct Solar Radiation Rate per Area")
IDEAL = ("Zone Ideal Loads Zone Total Heating Rate", "Zone Ideal Loads Zone Total Cooling Rate")


def ideal(text: str) -> str:
    """The box with ideal loads instead of its own heating."""
    kept = re.sub(r"^(ZoneHVAC:|ZoneControl:|ThermostatSetpoint:).*\n", "", text, flags=re.MULTILINE)
    return f"{kept}HVACTemplate:Thermostat,T,,20,,26;\nHVACTemplate:Zone:IdealLoadsAirSystem,Room,T;\n"


def run(directory: Path, model: Path, profile: str, *, annual: bool | None) -> tuple[dict[str, Any], dict[str, int]]:
    """The metrics of a run, and the number of hourly values of each series."""
    directory.mkdir()
    prepared = prepare(model, directory, Preparation(annual=annual, profile=profile), version=ENGINE_VERSION)
    if prepared.needs_expansion:
        prepared.path.write_bytes(by_hand.expand(prepared.path, directory / "expand").read_bytes())
    by_hand.execute(prepared.path, weather("Chicago"), directory)
    metrics = read_results(directory, engine_seconds=0.0, ideal_loads=prepared.has_ideal_loads).metrics
    with closing(sqlite3.connect(directory / "eplusout.sql")) as connection:
        rows = connection.execute(
            "SELECT d.Name, COUNT(*) FROM ReportData v JOIN ReportDataDictionary d USING (ReportDataDictionaryIndex)"
            " WHERE d.ReportingFrequency = 'Hourly' GROUP BY d.Name"
        )
        return metrics, dict(rows.fetchall())


@pytest.mark.parametrize("name", ["office", "ideal loads", "box", "restaurant"])
def test_numbers_and_warnings_do_not_depend_on_the_profile(tmp_path: Path, name: str) -> None:
    model = tmp_path / "model.idf"
    short = by_hand.shorten(SMALL_OFFICE, tmp_path, last_day=3).read_text()
    restaurant = doe_model("RefBldgQuickServiceRestaurant").read_text(encoding="latin-1")
    model.write_text({"office": short, "ideal loads": ideal(BOX), "box": BOX, "restaurant": restaurant}[name])
    annual = False if name == "restaurant" else None

    found = {profile: run(tmp_path / profile, model, profile, annual=annual) for profile in PROFILES}

    metrics, series = found["hourly"]
    # What the model asks for itself may be what EnergyPlus warns of.
    assert metrics == found["summary"][0]
    assert metrics | {"warnings": 0} == found["as_authored"][0] | {"warnings": 0}
    assert found["summary"][1] == {}
    assert {*ZONE, *SITE} <= series.keys()
    assert (set(IDEAL) <= series.keys()) is (name == "ideal loads")
    meters = {series_name for series_name in series if ":" in series_name}
    assert any(meter.startswith("Heating:") for meter in meters)
    assert "Electricity:Facility" in meters
    with_values = sum(bool(by_fuel) for by_fuel in (metrics["end_uses"] or {}).values())
    assert len({meter.partition(":")[0] for meter in meters if not meter.endswith(":Facility")}) >= with_values


def test_a_run_keeps_the_file_of_its_series(system: System, tmp_path: Path) -> None:
    simulations = {
        profile: system.submit({"profile": profile}, model=BOX.encode()) for profile in ("summary", "hourly")
    }

    files = {}
    for profile, simulation in simulations.items():
        assert system.ended(simulation)["status"] == "succeeded"
        (run,) = system.runs(simulation)
        named = system.get(f"/api/v1/runs/{run['id']}")["files"]
        files[profile] = {file["name"]: file["href"] for file in named}
    assert "eplusout.sql" not in files["summary"]
    database = tmp_path / "eplusout.sql"
    database.write_bytes(system.call("GET", files["hourly"]["eplusout.sql"]).content)
    with closing(sqlite3.connect(database)) as connection:
        (values,) = connection.execute(
            "SELECT COUNT(*) FROM ReportData JOIN ReportDataDictionary USING (ReportDataDictionaryIndex)"
            " WHERE Name = 'Site Outdoor Air Drybulb Temperature'"
        ).fetchone()
    assert values == 7 * 24
