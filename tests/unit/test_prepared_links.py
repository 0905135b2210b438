"""A helper that was taken over cannot have a link followed in the place of a prepared file."""

from pathlib import Path

import pytest

from shared.confinement.launcher import Launcher
from shared.energyplus.jobs import PreparedFiles, PrepareRequest
from shared.energyplus.preparation.outlook import Outlook
from shared.energyplus.preparation.prepare import Preparation, PreparationError, Prepared
from shared.energyplus.preparation.weather import PreparedWeather
from shared.energyplus.untrusted_file import copy_plain
from sim_worker.engine import reading
from sim_worker.engine.reading import RunReader
from sim_worker.engine.watch import Limits, StopSignal
from tests.unit.estimating import features


@pytest.mark.parametrize("linked", ["in.idf", "in.epw", None])
def test_a_link_in_the_place_of_a_prepared_file_is_no_answer(
    linked: str | None, tmp_path: Path, launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("secret")
    for name in ("in.idf", "in.epw"):
        if name == linked:
            (tmp_path / name).symlink_to(tmp_path / "secret")
        else:
            (tmp_path / name).touch()
    model = Prepared(tmp_path / "in.idf", (), Outlook(), features(), False, False, False, None)
    answer = PreparedFiles(model, PreparedWeather(tmp_path / "in.epw", (), (), None))
    monkeypatch.setattr(reading, "call", lambda *_: answer)
    request = PrepareRequest(tmp_path / "m.idf", tmp_path / "w.epw", tmp_path, Preparation(), "25.2.0")
    reader = RunReader(launcher, tmp_path, Limits(), StopSignal())

    if linked is None:
        assert reader.prepare(request) is answer
    else:
        with pytest.raises(PreparationError, match="an answer that is none"):
            reader.prepare(request)


def test_a_copy_follows_no_link_on_either_side(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "model").write_text("model")
    (tmp_path / "link").symlink_to(tmp_path / "secret")

    copy_plain(tmp_path / "model", tmp_path / "link")
    (tmp_path / "other").symlink_to(tmp_path / "secret")
    with pytest.raises(OSError, match="symbolic links"):
        copy_plain(tmp_path / "other", tmp_path / "copy")

    assert (tmp_path / "secret").read_text() == "secret"
    assert (tmp_path / "link").read_text() == "model"
