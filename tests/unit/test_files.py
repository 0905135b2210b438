"""Copies files between the store and a run's directory, with a real store in a directory."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from shared.energyplus.preparation.outlook import Outlook
from shared.energyplus.preparation.prepare import Prepared
from shared.enums import InputRole
from shared.spec import StudySpec
from shared.state.claim import Claimed, ClaimedInput
from shared.storage.base import StorageError
from shared.storage.local import LocalStorage
from sim_worker.attempt.files import KEPT, SERIES, fetch_inputs, store_outputs

CONTENT = b"Version,25.2;"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    (tmp_path / "upload").write_bytes(CONTENT)
    storage = LocalStorage(tmp_path / "store")
    storage.put_input(tmp_path / "upload", SHA256)
    return storage


@pytest.fixture
def claimed(storage: LocalStorage, tmp_path: Path) -> Claimed:
    key = storage.put_input(tmp_path / "upload", SHA256).key
    inputs = [ClaimedInput(role, f"{role}.idf", key, SHA256) for role in InputRole]
    now = datetime.now(UTC)
    return Claimed(
        *(uuid4(), uuid4(), 1, 1, 3, "25.2.0", {}, StudySpec(), "", 1.0, 2.0, now, now, inputs[0], inputs[0]),
        tuple(inputs[:1]),
    )


def test_anything_but_a_plain_file_in_place_of_a_result_is_not_stored(
    storage: LocalStorage, claimed: Claimed, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (tmp_path / "secret").write_text("secret")
    (work / "in.idf").symlink_to(tmp_path / "secret")
    (work / KEPT[0]).symlink_to(tmp_path / "secret")
    (work / SERIES).mkdir()
    os.mkfifo(work / KEPT[1])
    (work / KEPT[2]).write_text("[]")

    stored = store_outputs(storage, claimed, Prepared(work / "in.idf", (), Outlook(), False, True, False, None))

    assert [file.name for file in stored] == [KEPT[2]]


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
    for name in ("inputs", "work"):
        (tmp_path / name).mkdir()

    with pytest.raises(StorageError):
        fetch_inputs(storage, claimed, tmp_path / "inputs", tmp_path / "work")


def test_a_fetched_file_is_a_copy_so_that_an_engine_cannot_change_the_store(
    storage: LocalStorage, claimed: Claimed, tmp_path: Path
) -> None:
    for name in ("inputs", "work"):
        (tmp_path / name).mkdir()

    fetch_inputs(storage, claimed, tmp_path / "inputs", tmp_path / "work")
    (tmp_path / "work" / claimed.files[0].name).write_bytes(b"changed")

    assert b"".join(storage.read(claimed.model.key)) == CONTENT
