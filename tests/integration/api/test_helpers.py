"""The API's helpers: what they are given, which file is at fault when one ends, and what other ends mean."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from api_service.app import create_app
from api_service.http.helpers import HelperEnded, Helpers
from api_service.http.problem import Problem
from api_service.http.spool import SpoolDirectory
from api_service.submission.reading import MAX_ENDED
from shared import metrics
from shared.confinement import landlock
from shared.confinement.errors import ConfinementError
from shared.energyplus.inspection import InspectedFiles, InspectRequest, UploadedFile
from shared.energyplus.jobs import INSPECT
from shared.settings import Settings
from tests.integration.api.conftest import LAUNCHER, Client, running_api
from tests.models import ENGINE_VERSION

#: 6 MB with half a million keys, which take more than ten times as much to be read.
GREEDY = b'{"Version": {"v": {"version_identifier": "25.2"}}, "Zone": {"Z": {%s}}}' % b",".join(
    b'"k%d":1' % number for number in range(500_000)
)
TOO_MUCH = "reading this model took more than 64 MB of memory"
LEAST = 64 << 20


@pytest.fixture
def narrow(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    """The API whose helpers have as little memory as they may."""
    little = {"api_helper_memory_bytes": LEAST, "max_body_bytes": 64 << 20}
    with running_api(settings.model_copy(update=little), tmp_path) as running:
        yield running


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


def test_the_file_that_ends_a_helper_is_at_fault_and_the_others_are_read(
    narrow: Client, model: bytes, weather: bytes
) -> None:
    models = [("a.idf", model), ("greedy.epJSON", GREEDY), ("wrong.idf", b"Version,8.9;"), ("b.idf", model)]

    answer = narrow.submit(models, [("w.epw", weather)])

    assert answer.status_code == 422
    faults = [(fault["field"], fault["message"]) for fault in answer.get_json()["errors"]]
    assert faults[0] == ("models[1]", f"'greedy.epJSON': {TOO_MUCH}")
    assert [field for field, _ in faults] == ["models[1]", "models[2]"]
    assert narrow.left_files() == []


def test_a_dry_run_says_so_of_the_file_and_shows_the_others(narrow: Client, model: bytes, weather: bytes) -> None:
    answer = narrow.form(
        "/api/v1/simulations?dry_run=true",
        {"models": [("greedy.epJSON", GREEDY), ("b.idf", model)], "weather": [("w.epw", weather)]},
    )

    greedy, small = answer.get_json()["models"]
    assert [error["message"] for error in greedy["errors"]] == [TOO_MUCH]
    assert small["errors"] == []
    assert small["zones"] > 0


def test_the_old_pages_parse_refuses_it_too(narrow: Client) -> None:
    answer = narrow.form("/api/parse/idf/", {"files": [("greedy.epJSON", GREEDY)]})

    assert (answer.status_code, answer.get_json()["message"]) == (400, f"files[0]: 'greedy.epJSON': {TOO_MUCH}")


def test_files_that_end_one_helper_after_the_other_are_not_all_read(narrow: Client, weather: bytes) -> None:
    models = [(f"{number}.epJSON", GREEDY) for number in range(MAX_ENDED + 2)]

    answer = narrow.submit(models, [("w.epw", weather)])

    assert [fault["field"] for fault in answer.get_json()["errors"]] == [f"models[{n}]" for n in range(MAX_ENDED)]


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


def test_many_small_files_are_read_by_few_helpers(
    settings: Settings, tmp_path: Path, model: bytes, weather: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [(f"{number}.csv", b"1\n") for number in range(300)]
    with running_api(settings.model_copy(update={"max_files": 1000}), tmp_path) as running:
        asked = list[str]()
        call = Helpers.call

        def noting(helpers: Helpers, job: Any, *rest: Any) -> Any:
            asked.append(job.name)
            return call(helpers, job, *rest)

        monkeypatch.setattr(Helpers, "call", noting)

        assert running.submit([("a.idf", model)], [("w.epw", weather)], many).status_code == 201

    assert asked == ["inspect"] * 4
