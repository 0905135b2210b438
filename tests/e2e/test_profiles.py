"""Profiles of outputs: the same numbers with all of them, and the series that modellers expect with `hourly`."""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shared.energyplus.fuels import END_USES, FUELS
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


def run(directory: Path, model: Path, profile: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The metrics of a run, and the number of hourly values of each series."""
    directory.mkdir()
    prepared = prepare(model, directory, Preparation(profile=profile), version=ENGINE_VERSION)
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


def meters(series: Iterable[str]) -> set[tuple[str, str]]:
    """The end use and our name of the fuel of each meter that is not the facility's."""
    split = [name.split(":") for name in series if ":" in name and not name.endswith(":Facility")]
    return {(end_use, FUELS[fuel][0]) for end_use, fuel in split}


def terminal(text: str) -> str:
    """The box with a template of a unit that burns gas, which the engine sizes."""
    kept = re.sub(r"^(ZoneHVAC:|ZoneControl:|ThermostatSetpoint:).*\n", "", text, flags=re.MULTILINE)
    sized = kept.replace("SimulationControl,No,No,No,No,Yes;", "SimulationControl,Yes,No,No,No,Yes;")
    unit = (
        "autosize,autosize,autosize,,,Flow/Zone,,,0.01,,,DrawThrough,0.7,75,0.9,SingleSpeedDX,,autosize,autosize,3,Gas"
    )
    plus = f"HVACTemplate:Thermostat,T,,20,,26;\nHVACTemplate:Zone:PTAC,Room,T,{unit},,autosize,0.8,0,,,14,11,,50,30;\n"
    return sized + plus


def restaurant(directory: Path) -> str:
    """A reference building on two days."""
    text = by_hand.shorten(doe_model("RefBldgQuickServiceRestaurant"), directory, last_day=2).read_text()
    return re.sub(r"NO(,\s*!- Run Simulation for Weather File Run Periods)", r"YES\1", text)


@pytest.mark.parametrize("name", ["office", "ideal loads", "terminal", "box", "restaurant"])
def test_numbers_do_not_depend_on_the_profile_and_warnings_only_on_the_models_own_series(
    tmp_path: Path, name: str
) -> None:
    model = tmp_path / "model.idf"
    texts = {
        "office": lambda: by_hand.shorten(SMALL_OFFICE, tmp_path, last_day=3).read_text(),
        "ideal loads": lambda: ideal(BOX),
        "terminal": lambda: terminal(BOX),
        "box": lambda: BOX,
        "restaurant": lambda: restaurant(tmp_path),
    }
    model.write_text(texts[name]())

    found = {profile: run(tmp_path / profile, model, profile) for profile in PROFILES}

    metrics, series = found["hourly"]
    # What the model asks for itself may be what EnergyPlus warns of.
    assert metrics == found["summary"][0]
    assert metrics | {"warnings": 0} == found["as_authored"][0] | {"warnings": 0}
    assert found["summary"][1] == {}
    assert {*ZONE, *SITE} <= series.keys()
    assert (set(IDEAL) <= series.keys()) is (name == "ideal loads")
    used = {(end_use, fuel) for end_use, fuels in metrics["end_uses"].items() for fuel, kwh in fuels.items() if kwh}
    assert ("interior_lighting", "electricity") in used
    assert used <= {(END_USES[end_use], fuel) for end_use, fuel in meters(series)}
    assert {fuel for _, fuel in used} <= {
        FUELS[name.partition(":")[0]][0] for name in series if name.endswith(":Facility")
    }


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
