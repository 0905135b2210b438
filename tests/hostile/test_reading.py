"""Models and results that take memory or time of their reader, in the real helper."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.confinement.launcher import Launcher
from shared.confinement.sandbox import sandbox_of
from shared.energyplus.installation import find_engine
from shared.energyplus.jobs import PrepareRequest, ReadRequest
from shared.energyplus.preparation.prepare import Preparation, PreparationError
from shared.energyplus.results.database import ResultError
from shared.helper import HelperLimits, preload
from sim_worker.engine.reading import RunReader
from sim_worker.engine.watch import Limits, StopSignal
from tests.models import ENGINE_VERSION, weather


@pytest.fixture(scope="module")
def helpers() -> Iterator[Launcher]:
    launcher = Launcher(preload([ENGINE_VERSION]))
    launcher.start()
    yield launcher
    launcher.close()


def reader(helpers: Launcher, directory: Path, memory_bytes: int = 128 << 20, seconds: float = 5) -> RunReader:
    limits = Limits(sandbox=sandbox_of(find_engine(ENGINE_VERSION)), helper=HelperLimits(memory_bytes, seconds))
    return RunReader(helpers, directory, limits, StopSignal())


def prepare(reader: RunReader, model: str) -> None:
    path = reader.directory / "model.idf"
    path.write_text(model)
    reader.prepare(PrepareRequest(path, weather("Chicago"), reader.directory, Preparation(), ENGINE_VERSION))


LISTS = "".join(f"ZoneList,List {n}," + ",".join(f"Z{m}" for m in range(15_000)) + ";\n" for n in range(100))


def test_a_model_whose_text_takes_long_to_read_is_refused(helpers: Launcher, tmp_path: Path) -> None:
    with pytest.raises(PreparationError, match=r"^Preparing this model took more than 0\.5 s$"):
        prepare(reader(helpers, tmp_path, memory_bytes=1 << 30, seconds=0.5), "Version,25.2;\n" + LISTS)


def test_a_model_that_takes_much_memory_is_refused(helpers: Launcher, tmp_path: Path) -> None:
    with pytest.raises(PreparationError, match=r"^Preparing this model took more than 128 MB of memory$"):
        prepare(reader(helpers, tmp_path, seconds=60), "Version,25.2;\n" + LISTS)


def test_results_with_thousands_of_tables_are_unreadable(helpers: Launcher, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "eplusout.sql")) as database:
        database.executescript("BEGIN;" + "".join(f"CREATE TABLE t{n} (a);" for n in range(2_000)) + "COMMIT;")
    with pytest.raises(ResultError):
        reader(helpers, tmp_path).read(ReadRequest(tmp_path, True, 1.0, False, None))
    assert list(tmp_path.glob("helper*")) == []
