"""What honest models take of a helper: less than the memory that the API gives one."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.confinement.launcher import Launcher
from shared.energyplus.inspection import Inspected, InspectRequest, ModelQuestions, PreviewOptions, UploadedFile
from shared.energyplus.jobs import INSPECT
from shared.helper import HelperLimits, call, helper_sandbox, preload
from shared.settings import Settings
from tests.models import ENGINE_VERSION, doe_models, tower
from tests.unit.test_helper import Wait

NOTHING = ModelQuestions()
EVERYTHING = ModelQuestions(PreviewOptions(None, with_geometry=True), components=True)


@pytest.fixture(scope="module")
def launcher() -> Iterator[Launcher]:
    made = Launcher(preload([ENGINE_VERSION]))
    yield made
    made.close()


def inspect(
    launcher: Launcher, room: Path, models: Sequence[Path], questions: ModelQuestions = NOTHING
) -> Sequence[Inspected]:
    """Inspects the models in one helper with the limits of the API."""
    settings = Settings()
    limits = HelperLimits(settings.api_helper_memory_bytes, settings.api_helper_seconds)
    files = tuple(UploadedFile("model", path, path.name) for path in models)
    sandbox = helper_sandbox().around(room, *{path.parent for path in models})
    request = InspectRequest(files, settings.engines, questions=questions)
    return call(launcher, INSPECT, request, room / "room", limits, sandbox, Wait()).files


def test_all_models_of_doe_are_read_by_one_helper(launcher: Launcher, tmp_path: Path) -> None:
    read = inspect(launcher, tmp_path, doe_models())

    assert len(read) == 32
    assert all(item.model and not item.findings for item in read)


def test_the_largest_model_of_doe_is_drawn_and_taken_apart(launcher: Launcher, tmp_path: Path) -> None:
    largest = max(doe_models(), key=lambda path: path.stat().st_size)

    (read,) = inspect(launcher, tmp_path, [largest], EVERYTHING)

    assert read.preview is not None
    assert read.preview.geometry is not None
    assert len(read.preview.geometry.surfaces) > 100
    assert read.components is not None


def test_a_model_of_1500_zones_is_drawn_and_taken_apart(launcher: Launcher, tmp_path: Path) -> None:
    (tmp_path / "tower.idf").write_text(tower(1500))

    (read,) = inspect(launcher, tmp_path, [tmp_path / "tower.idf"], EVERYTHING)

    assert read.unanswered == ""
    assert read.preview is not None
    assert read.preview.geometry is not None
    assert (read.preview.zones, len(read.preview.geometry.surfaces)) == (1500, 1500 * 6 + 500)
