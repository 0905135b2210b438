"""EnergyPlus 23.2, which every old installation has, beside 25.2: each model equal to its engine by hand."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.processes import Process
from deploy.local.stack import Stack
from tests.e2e import by_hand
from tests.e2e.conftest import CHICAGO, SETTINGS, System, make_engine
from tests.e2e.documents import blocks
from tests.models import ROOT

pytestmark = pytest.mark.deploy
OLD, NEW = "23.2.0", "25.2.0"
BOX = (ROOT / "tests" / "box.idf").read_text()
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
