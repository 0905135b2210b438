"""Each file of a submission is fetched, checked and read once, and not at all when the same owner named it before."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from api_service.http.dependencies import EXTENSION
from api_service.http.helpers import Helpers
from api_service.submission import answers
from shared.settings import Settings
from shared.storage.counted import CountedStorage
from tests.integration.api.conftest import Client, running_api
from tests.integration.api.test_read_files import GREEDY, LEAST, TOO_MUCH

TIMES = 999
Named = tuple[str, bytes]


@dataclass
class Calls:
    """Keys that were fetched from the store, and names of files that helpers read."""

    fetched: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def forget(self) -> None:
        self.fetched.clear()
        self.read.clear()

    @property
    def counts(self) -> tuple[int, int]:
        return len(self.fetched), len(self.read)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """The calls of the store and of helpers, which happen all the same."""
    made = Calls()
    fetch, call = CountedStorage.fetch, Helpers.call

    def fetching(storage: CountedStorage, key: str, target: Path, *, sha256: str) -> None:
        made.fetched.append(key)
        fetch(storage, key, target, sha256=sha256)

    def calling(helpers: Helpers, job: Any, request: Any, *rest: Any) -> Any:
        made.read += [file.name for file in request.files]
        return call(helpers, job, request, *rest)

    monkeypatch.setattr(CountedStorage, "fetch", fetching)
    monkeypatch.setattr(Helpers, "call", calling)
    return made


@pytest.fixture
def wide(settings: Settings, tmp_path: Path) -> Iterator[Client]:
    """The API with room for many files."""
    room = {"max_files": TIMES + 1, "max_runs": TIMES + 1}
    with running_api(settings.model_copy(update=room), tmp_path) as running:
        yield running


def name(api: Client, models: Sequence[Named], weather: Sequence[Named], files: Sequence[Named] = ()) -> TestResponse:
    """Submits stored files by their hashes."""
    fields = {"models": models, "weather": weather, "files": files}
    body = {
        key: [{"name": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in named]
        for key, named in fields.items()
    }
    return api.post("/api/v1/simulations", json=body)


def forget(api: Client) -> None:
    """Deletes all answers, as if the checks were new."""
    with api.database.transaction() as connection:
        connection.execute(text("DELETE FROM inspections"))


def test_one_hash_named_999_times_is_fetched_and_read_once_and_then_not_at_all(
    wide: Client, model: bytes, weather: bytes, calls: Calls
) -> None:
    assert wide.submit([("a.idf", model)], [("w.epw", weather)]).status_code == 201
    forget(wide)
    calls.forget()
    models = [(f"{number}.idf", model) for number in range(TIMES)]

    assert name(wide, models, [("w.epw", weather)]).status_code == 201
    assert calls.counts == (2, 2)

    calls.forget()
    assert name(wide, models, [("w.epw", weather)]).status_code == 201
    assert calls.counts == (0, 0)


def test_an_input_that_was_uploaded_is_neither_fetched_nor_read_when_it_is_named(
    api: Client, model: bytes, weather: bytes, calls: Calls
) -> None:
    for _ in range(2):
        assert api.submit([("a.idf", model)], [("w.epw", weather)], [("s.csv", b"1\n")]).status_code == 201
    assert sorted(calls.read) == ["a.idf", "s.csv", "w.epw"]
    calls.forget()

    assert name(api, [("b.idf", model)], [("v.epw", weather)], [("s.csv", b"1\n")]).status_code == 201

    assert calls.counts == (0, 0)


def test_equal_files_of_a_form_are_read_once(api: Client, model: bytes, weather: bytes, calls: Calls) -> None:
    models = [(f"{number}.idf", model) for number in range(5)]

    assert api.form("/api/parse/idf/", {"files": models}).status_code == 200
    assert api.submit(models, [("w.epw", weather)]).status_code == 201

    assert calls.read == ["0.idf", "0.idf", "w.epw"]


def test_a_dry_run_reads_the_model_for_its_preview_and_no_other_file(
    api: Client, model: bytes, weather: bytes, calls: Calls
) -> None:
    api.submit([("a.idf", model)], [("w.epw", weather)])
    calls.forget()
    hashes = [hashlib.sha256(content).hexdigest() for content in (model, weather)]
    body = {
        "models": [{"name": f"{number}.idf", "sha256": hashes[0]} for number in range(3)],
        "weather": [{"name": "w.epw", "sha256": hashes[1]}],
    }

    shown = api.post("/api/v1/simulations?dry_run=true", json=body).get_json()

    assert calls.read == ["0.idf"]
    assert len({item["zones"] for item in shown["models"]}) == 1
    assert shown["weather"][0]["hours"] == 8760


def test_a_refusal_is_kept_too(api: Client, model: bytes, weather: bytes, calls: Calls) -> None:
    api.submit([("a.idf", model)], [("w.epw", weather)], [("s.csv", b"1\n")])
    said = [name(api, [("s.idf", b"1\n")], [("w.epw", weather)]).get_json()["errors"] for _ in range(2)]

    assert said[0] == said[1]
    assert calls.fetched.count(calls.fetched[0]) == len(calls.fetched) == 1


@pytest.mark.parametrize(
    ("changed", "read"),
    [("", []), ("checks", ["a.idf", "w.epw"]), ("engines", ["a.idf"]), ("suffix", ["a.imf"]), ("files", ["a.idf"])],
)
def test_an_answer_holds_only_for_what_it_was_found_with(
    changed: str,
    read: list[str],
    api: Client,
    model: bytes,
    weather: bytes,
    calls: Calls,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = [("s.csv", b"1\n")] if changed == "files" else []
    api.submit([("a.idf", model)], [("w.epw", weather)], [("s.csv", b"1\n")])
    name(api, [("a.idf", model)], [("w.epw", weather)])
    calls.forget()
    if changed == "checks":
        monkeypatch.setattr(answers, "checks_fingerprint", lambda: "newer")
    elif changed == "engines":
        settings = api.app.extensions[EXTENSION].settings
        monkeypatch.setitem(settings.__dict__, "engines", (*settings.engines, "99.1.0"))

    answer = name(api, [("a.imf" if changed == "suffix" else "a.idf", model)], [("w.epw", weather)], files)

    assert answer.status_code == 201, answer.get_json()
    assert calls.read == read


def test_what_ends_a_helper_is_no_answer(
    settings: Settings, tmp_path: Path, model: bytes, weather: bytes, calls: Calls
) -> None:
    little = {"api_helper_memory_bytes": LEAST}
    with running_api(settings.model_copy(update=little), tmp_path) as narrow:
        assert narrow.submit([("a.idf", model)], [("w.epw", weather)], [("g.csv", GREEDY)]).status_code == 201
        calls.forget()
        for _ in range(2):
            answer = name(narrow, [("g.epJSON", GREEDY)], [("w.epw", weather)])
            assert TOO_MUCH in answer.get_json()["detail"]

    assert calls.counts == (2, 2)


def test_an_answer_is_the_owners_own(closed: Client, model: bytes, weather: bytes, calls: Calls) -> None:
    for owner in ("anna", "bert"):
        assert closed.calling_as(owner).submit([("a.idf", model)], [("w.epw", weather)]).status_code == 201

    assert calls.read == ["a.idf", "w.epw"] * 2


def test_two_submissions_at_once_keep_one_answer(api: Client, model: bytes, weather: bytes) -> None:
    api.submit([("a.idf", model)], [("w.epw", weather)])
    forget(api)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: name(api, [("a.idf", model)], [("w.epw", weather)]), range(4)))

    assert [answer.status_code for answer in done] == [201] * 4
    with api.database.transaction() as connection:
        assert connection.scalar(text("SELECT count(*) FROM inspections")) == 2


def test_stored_files_above_the_limit_of_bytes_are_not_fetched(
    api: Client, settings: Settings, model: bytes, weather: bytes, calls: Calls
) -> None:
    large = [(f"{number}.csv", b"%d\n" % number * 2_000_000) for number in range(3)]
    for item in large:
        assert api.submit([("a.idf", model)], [("w.epw", weather)], [item]).status_code == 201
    forget(api)
    calls.forget()

    answer = name(api, [("a.idf", model)], [("w.epw", weather)], large)

    total = len(model) + len(weather) + sum(len(content) for _, content in large)
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert error["field"] == "files[0]"
    assert f"have {total} bytes together, more than the {settings.max_body_bytes} that are allowed" in error["message"]
    assert calls.counts == (0, 0)


def test_an_input_that_is_gone_from_the_store_is_named(api: Client, model: bytes, weather: bytes) -> None:
    api.submit([("a.idf", model)], [("w.epw", weather)])
    forget(api)
    (stored,) = api.stored.rglob(hashlib.sha256(model).hexdigest())
    stored.unlink()

    answer = name(api, [("a.idf", model)], [("w.epw", weather)])

    assert answer.status_code == 422
    assert answer.get_json()["errors"] == [{"field": "models[0]", "message": "'a.idf': is no longer stored"}]
