"""Copies files between the store and a run's directory, with a real store in a directory."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from shared.energyplus.results.messages import HEAD_BYTES, TAIL_BYTES
from shared.enums import InputRole
from shared.spec import StudySpec
from shared.state.claim import Claimed, ClaimedInput
from shared.storage.base import StorageError
from shared.storage.local import LocalStorage
from sim_worker.attempt.files import (
    LEFT_OUT,
    MESSAGES,
    REPORT,
    REPORT_BYTES,
    SERIES,
    fetch_inputs,
    keep_outputs,
    store_outputs,
    stored_size,
)
from sim_worker.engine.watch import Stop, Stopped, StopSignal

CONTENT = b"Version,25.2;"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    (tmp_path / "upload").write_bytes(CONTENT)
    storage = LocalStorage(tmp_path / "store")
    storage.put_input(tmp_path / "upload", SHA256)
    for name in ("inputs", "work", "kept"):
        (tmp_path / name).mkdir()
    return storage


@pytest.fixture
def claimed(storage: LocalStorage, tmp_path: Path) -> Claimed:
    key = storage.put_input(tmp_path / "upload", SHA256).key
    inputs = [ClaimedInput(role, f"{role}.idf", key, SHA256) for role in InputRole]
    now = datetime.now(UTC)
    return Claimed(
        *(uuid4(), uuid4(), 1, 1, 3, "25.2.0", {}, StudySpec(), "", "local", 1.0, 2.0, now, now, inputs[0], inputs[0]),
        tuple(inputs[:1]),
    )


def keep(directory: Path, *, series: bool = True) -> list[str]:
    return keep_outputs(directory / "work", directory / "kept", series=series, clean=lambda text: text)


def test_anything_but_a_plain_file_in_place_of_a_result_is_not_stored(
    storage: LocalStorage, claimed: Claimed, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    (tmp_path / "secret").write_text("secret")
    (work / REPORT).symlink_to(tmp_path / "secret")
    (work / SERIES).mkdir()
    os.mkfifo(work / MESSAGES)
    (tmp_path / "kept" / "changes.json").write_text("[]")
    (tmp_path / "kept" / "link").symlink_to(tmp_path / "secret")

    assert keep(tmp_path) == []
    stored = store_outputs(storage, claimed, tmp_path / "kept", StopSignal())

    assert [file.name for file in stored] == ["changes.json"]
    assert stored_size(tmp_path / "kept") == 2


def test_what_the_engine_has_made_of_other_files_is_not_stored(tmp_path: Path, storage: LocalStorage) -> None:
    for name in ("in.idf", "changes.json", "side.csv", "prepared.idf", REPORT, MESSAGES, SERIES):
        (tmp_path / "work" / name).write_text("by the engine")
    (tmp_path / "kept" / "prepared.idf").write_text("as prepared")

    keep(tmp_path, series=False)

    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"prepared.idf", REPORT, MESSAGES}
    assert (tmp_path / "kept" / "prepared.idf").read_text() == "as prepared"


def test_long_messages_are_stored_up_to_a_limit_and_a_large_report_is_not(
    tmp_path: Path, storage: LocalStorage
) -> None:
    (tmp_path / "work" / MESSAGES).write_bytes(b"a" * HEAD_BYTES + b"b" * HEAD_BYTES + b"c" * TAIL_BYTES)
    with (tmp_path / "work" / REPORT).open("wb") as report:
        report.truncate(REPORT_BYTES + 1)

    said = keep(tmp_path)

    assert (tmp_path / "kept" / MESSAGES).read_bytes() == b"a" * HEAD_BYTES + LEFT_OUT + b"c" * TAIL_BYTES
    assert said == [f"{REPORT} is not stored: it has {REPORT_BYTES + 1} bytes, more than {REPORT_BYTES}"]
    assert stored_size(tmp_path / "kept") == HEAD_BYTES + len(LEFT_OUT) + TAIL_BYTES


def test_messages_are_stored_without_directories_and_with_every_other_byte(
    tmp_path: Path, storage: LocalStorage
) -> None:
    (tmp_path / "work" / MESSAGES).write_bytes(b"** Severe  ** /secret/a.csv \xff\xe9\r\n")

    keep_outputs(tmp_path / "work", tmp_path / "kept", series=False, clean=lambda text: text.replace("/secret/", ""))

    assert (tmp_path / "kept" / MESSAGES).read_bytes() == b"** Severe  ** a.csv \xff\xe9\r\n"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("what", ["a link", "a pipe"])
def test_anything_but_a_plain_file_in_the_store_is_not_fetched(
    what: str, storage: LocalStorage, claimed: Claimed, tmp_path: Path
) -> None:
    stored = tmp_path / "store" / claimed.model.key
    stored.unlink()
    if what == "a link":
        stored.symlink_to("/etc/passwd")
    else:
        os.mkfifo(stored)

    with pytest.raises(StorageError):
        fetch_inputs(storage, claimed, tmp_path / "inputs", tmp_path / "work", StopSignal())


def test_a_fetched_file_is_a_copy_so_that_an_engine_cannot_change_the_store(
    storage: LocalStorage, claimed: Claimed, tmp_path: Path
) -> None:
    fetch_inputs(storage, claimed, tmp_path / "inputs", tmp_path / "work", StopSignal())
    (tmp_path / "work" / claimed.files[0].name).write_bytes(b"changed")

    assert b"".join(storage.read(claimed.model.key)) == CONTENT


def test_after_a_request_to_stop_nothing_is_fetched_or_stored(
    storage: LocalStorage, claimed: Claimed, tmp_path: Path
) -> None:
    stop = StopSignal()
    stop.request(Stop.CANCELLED)
    (tmp_path / "kept" / "changes.json").write_text("[]")

    with pytest.raises(Stopped):
        fetch_inputs(storage, claimed, tmp_path / "inputs", tmp_path / "work", stop)
    with pytest.raises(Stopped):
        store_outputs(storage, claimed, tmp_path / "kept", stop)

    assert list((tmp_path / "inputs").iterdir()) == []
    assert list(storage.walk("runs/")) == []
