"""The API's helpers: what they may read, how many there are at once, and what their ends mean."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api_service.app import create_app
from api_service.http.helpers import HelperEnded, Helpers
from api_service.http.problem import Problem
from api_service.http.spool import SpoolDirectory
from shared import metrics
from shared.confinement import landlock
from shared.confinement.errors import ConfinementError
from shared.energyplus.inspection import InspectedFiles, InspectRequest, UploadedFile
from shared.energyplus.jobs import INSPECT
from shared.settings import Settings
from tests.integration.api.conftest import LAUNCHER, Client, running_api
from tests.models import ENGINE_VERSION


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[SpoolDirectory]:
    made = SpoolDirectory(tmp_path / "scratch")
    yield made
    made.remove()


@contextmanager
def busy(helpers: Helpers, spool: SpoolDirectory) -> Iterator[list[BaseException]]:
    """A helper that waits for a pipe until the context ends; yields the list for its error."""
    pipe, errors = spool.made() / "pipe", list[BaseException]()
    os.mkfifo(pipe)

    def read() -> None:
        try:
            inspect(helpers, spool, pipe, spool.made())
        except (Problem, HelperEnded) as error:
            errors.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while not list(spool.made().glob("part-*/progress")):
        time.sleep(0.01)
    try:
        yield errors
    finally:
        # Opens at once, because the helper reads; or the helper has ended.
        os.close(os.open(pipe, os.O_RDWR))
        thread.join()


def inspect(helpers: Helpers, spool: SpoolDirectory, path: Path, *readable: Path) -> InspectedFiles:
    request = InspectRequest((UploadedFile("model", path, "model.idf"),), (ENGINE_VERSION,))
    return helpers.call(INSPECT, request, spool, readable)


def helper() -> int:
    """The process of the one helper that there is."""
    (found,) = Path(f"/proc/{LAUNCHER.pid}/task/{LAUNCHER.pid}/children").read_text().split()
    return int(found)


def test_when_all_helpers_are_busy_for_long_the_request_may_be_sent_again(
    settings: Settings, spool: SpoolDirectory
) -> None:
    helpers = Helpers(settings.model_copy(update={"api_helpers": 1}), LAUNCHER, wait_seconds=0.01)
    counted = metrics.requests_refused.labels("helpers")
    before = counted._value.get()

    with busy(helpers, spool), pytest.raises(Problem) as refused:
        inspect(helpers, spool, spool.made())

    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "5"})
    assert counted._value.get() == before + 1


def test_requests_that_wait_for_a_helper_leave_threads_for_others(settings: Settings, spool: SpoolDirectory) -> None:
    few = settings.model_copy(update={"api_helpers": 1, "api_threads": 1})
    helpers = Helpers(few, LAUNCHER, wait_seconds=3600)

    with busy(helpers, spool), pytest.raises(Problem, match="Too many files"):
        inspect(helpers, spool, spool.made())


def test_a_helper_that_something_else_kills_is_no_fault_of_the_file(settings: Settings, spool: SpoolDirectory) -> None:
    with busy(Helpers(settings, LAUNCHER), spool) as errors:
        os.kill(helper(), signal.SIGKILL)
        while not errors:
            time.sleep(0.01)

    (error,) = errors
    assert isinstance(error, Problem)
    assert (error.status, error.detail) == (503, "Files cannot be read at the moment")


def test_a_helper_that_is_kept_from_running_is_no_fault_of_the_file(settings: Settings, spool: SpoolDirectory) -> None:
    pipe = spool.made() / "pipe"
    os.mkfifo(pipe)

    with pytest.raises(Problem, match="Files cannot be read at the moment"):
        inspect(Helpers(settings.model_copy(update={"api_helper_seconds": 0.01}), LAUNCHER), spool, pipe, spool.made())


def test_a_launcher_that_is_killed_is_started_again(api: Client, model: bytes, weather: bytes) -> None:
    LAUNCHER.start()
    first = LAUNCHER.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)

    answers = [api.submit([("a.idf", model)], [("w.epw", weather)]).status_code for _ in range(3)]

    # The first may find the launcher that is just ending.
    assert answers[-1] == 201
    assert set(answers) <= {201, 503}
    assert LAUNCHER.pid != first


def test_a_helper_reads_no_file_but_those_of_its_request(settings: Settings, spool: SpoolDirectory) -> None:
    other = spool.made().parent / "other.idf"
    other.write_text("Version,25.2;")

    with pytest.raises(HelperEnded, match=r"Permission denied: 'other\.idf'$"):
        inspect(Helpers(settings, LAUNCHER), spool, other, spool.made())

    assert list(spool.made().iterdir()) == []


@pytest.mark.parametrize("sandbox", ["required", "off"])
def test_without_landlock_the_api_starts_only_when_the_settings_allow_it(
    sandbox: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: bytes, weather: bytes
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: 0)
    settings = settings.model_copy(update={"sandbox": sandbox})
    if sandbox == "required":
        with pytest.raises(ConfinementError, match="has no Landlock"):
            create_app(settings)
        return

    with running_api(settings, tmp_path) as running:
        assert running.submit([("a.idf", model)], [("w.epw", weather)]).status_code == 201
