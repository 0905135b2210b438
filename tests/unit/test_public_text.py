"""Directories of a worker do not reach users."""

from pathlib import Path
from uuid import uuid4

import pytest

from shared.energyplus.installation import Engine
from shared.scratch_names import attempt_name
from shared.settings import Settings
from shared.state.finished import Failure, Finished, StoredMessage
from sim_worker.attempt.public_text import PublicText


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "disk").mkdir()
    (tmp_path / "scratch").symlink_to(tmp_path / "disk")
    return Settings(scratch_directory=tmp_path / "scratch", storage_url=(tmp_path / "a store").as_uri())


@pytest.fixture
def public(settings: Settings, tmp_path: Path) -> PublicText:
    return PublicText(settings, Engine("25.2.0", "none", tmp_path / "engine" / "energyplus", tmp_path / "engine", None))


@pytest.mark.parametrize("spelled", ["scratch", "disk"])
def test_of_a_file_of_an_attempt_its_name_remains(spelled: str, public: PublicText, tmp_path: Path) -> None:
    attempt = tmp_path / spelled / attempt_name(uuid4(), 2)

    assert public.clean(f"no {attempt}/work/sub/a.csv, {attempt}/inputs/weather.epw") == "no sub/a.csv, weather.epw"
    assert public.clean(f'in "{attempt}/work"') == 'in "."'
    assert public.clean(f"{attempt}/workshop") == "workshop"


def test_other_directories_have_names(public: PublicText, tmp_path: Path) -> None:
    said = f"{tmp_path}/engine/energyplus, {tmp_path}/a store/inputs/aa, {tmp_path}/scratch is full"

    assert public.clean(said) == "EnergyPlus/energyplus, the store/inputs/aa, the scratch directory is full"


def test_all_texts_of_a_result_are_cleaned(public: PublicText, tmp_path: Path) -> None:
    finished = Finished(
        "fatal",
        None,
        Failure("fatal", f"{tmp_path}/engine"),
        messages=[StoredMessage("severe", f"{tmp_path}/scratch", 3)],
    )

    cleaned = public.finished(finished)

    assert cleaned.failure == Failure("fatal", "EnergyPlus")
    assert cleaned.messages == [StoredMessage("severe", "the scratch directory", 3)]
