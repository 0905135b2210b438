"""An installation made of a library alone: found, confined, and equal to the program of the same version."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.library_engine import LIBRARY, LibraryError, install
from shared.confinement.sandbox import sandbox_of
from shared.energyplus.formats.document import PreparationError
from shared.energyplus.installation import Engine, find_engines
from shared.energyplus.preparation.prepare import Preparation
from sim_worker.engine.direct import run_model
from sim_worker.engine.execute import Executed
from sim_worker.engine.watch import Limits, StopSignal
from tests.e2e.box import BOX, WEEK
from tests.models import ENGINE_VERSION, ROOT, weather


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The library that pyenergyplus-lbnl, a development dependency, has beside its package."""
    found = importlib.util.find_spec("pyenergyplus")
    assert found is not None
    assert found.origin is not None
    directory = tmp_path_factory.mktemp("installation")
    assert install(Path(found.origin).parents[1], directory) == ENGINE_VERSION
    return find_engines([directory])[ENGINE_VERSION]


def run(engine: Engine, directory: Path, model: str) -> Executed:
    (directory / "box.idf").write_text(model)
    (directory / "run").mkdir()
    return run_model(
        *(directory / "box.idf", weather("Chicago"), directory / "run", Preparation()),
        engine=engine,
        limits=Limits(sandbox=sandbox_of(engine)),
        stop=StopSignal(),
        on_progress=lambda _: None,
    )


def test_a_library_runs_models_as_the_program_does(engine: Engine, tmp_path: Path) -> None:
    executed = run(engine, tmp_path, BOX)

    assert executed.results is not None, executed.said
    assert executed.results.metrics["site_energy_kwh"] == pytest.approx(WEEK, rel=1e-12)


def test_templates_are_refused_where_nothing_expands_them(engine: Engine, tmp_path: Path) -> None:
    assert not engine.can_expand
    with pytest.raises(PreparationError, match=r"HVACTemplate objects need ExpandObjects, which this installation"):
        run(engine, tmp_path, f"{BOX}HVACTemplate:Thermostat,T,Heating Setpoint,,Cooling Setpoint;")


def test_what_holds_no_library_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_text("nothing")
    with pytest.raises(LibraryError, match="is no wheel with"):
        install(tmp_path / "a.whl", tmp_path / "to")
    (tmp_path / LIBRARY).write_text("nothing")
    with pytest.raises(LibraryError, match="holds no EnergyPlus"):
        install(tmp_path, tmp_path / "to")


def test_the_command_line_names_the_missing_source(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "deploy.library_engine", str(tmp_path), str(tmp_path / "to")]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, LIBRARY in done.stderr) == (1, True)
