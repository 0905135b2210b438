"""Storage under faults: corrupted files, hostile names, an outage of the store, a writer that is killed."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from shared.settings import Settings
from shared.storage import NotFound, Storage, StorageError, open_storage
from shared.storage.local import LocalStorage
from tests.integration.stores import RUN, file
from tests.seaweedfs import SeaweedServer


def test_corrupted_bytes_in_the_store_are_not_passed_on(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "storage")
    stored = storage.put_output(file(tmp_path), RUN, 1, "a.txt")
    for damage in (b"012345678", b"0123456780"):
        (tmp_path / "storage" / stored.key).write_bytes(damage)
        with pytest.raises(StorageError, match="SHA-256"):
            storage.fetch(stored.key, tmp_path / "target", sha256=stored.sha256)
    assert not list(tmp_path.glob("*target*"))


def test_a_target_that_cannot_be_written_is_a_fault_of_the_store_and_not_a_missing_file(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "storage")
    stored = storage.put_output(file(tmp_path), RUN, 1, "a.txt")

    with pytest.raises(StorageError, match="cannot be written") as caught:
        storage.fetch(stored.key, tmp_path / "nowhere" / "target", sha256=stored.sha256)

    assert not isinstance(caught.value, NotFound)


@pytest.mark.parametrize("prefix", ["../", "/etc/", "runs/../../", "..", "runs/.."])
def test_a_hostile_prefix_never_leaves_the_store(storage: Storage, prefix: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        list(storage.walk(prefix))


@pytest.mark.parametrize("key", ["../etc/passwd", "/etc/passwd", "runs/../../x", "a//b", "runs/\x00", ".hidden", ""])
def test_a_hostile_key_never_leaves_the_store(storage: Storage, key: str) -> None:
    with pytest.raises(ValueError, match="not a storage key"):
        storage.size(key)
    with pytest.raises(ValueError, match="not a storage key"):
        storage.delete(key)


def test_a_signed_address_gives_the_file_and_a_tampered_one_nothing(seaweed: SeaweedServer, tmp_path: Path) -> None:
    storage = seaweed.store(f"test-{uuid4()}")
    secret = storage.put_output(file(tmp_path, b"other"), RUN, 1, "other.txt").key
    key = storage.put_output(file(tmp_path), RUN, 1, "a.txt").key

    url = storage.presigned_url(key, filename='B\u00fcro "1".txt', media_type="text/plain", seconds=60)

    assert url is not None
    answer = requests.get(url, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''B%C3%BCro%20%221%22.txt"
    assert requests.get(url.replace("a.txt?", "other.txt?"), timeout=30).status_code == 403
    assert requests.get(url.partition("?")[0], timeout=30).status_code == 403
    assert storage.size(secret) == 5


def test_an_unreachable_store_is_reported(tmp_path: Path) -> None:
    away = Settings(storage_url="s3://nowhere/x", s3_endpoint_url="http://127.0.0.1:1")
    with pytest.raises(StorageError):
        open_storage(away).check()
    with pytest.raises(StorageError, match="EPSM_STORAGE_URL"):
        open_storage(Settings(storage_url="ftp://x"))
    assert LocalStorage(tmp_path).presigned_url("runs/a", filename="a", media_type="b", seconds=1) is None


def test_a_writer_killed_half_way_leaves_no_half_artifact(tmp_path: Path) -> None:
    fifo = tmp_path / "endless"
    program = (
        "import os, sys, pathlib, uuid\n"
        "from shared.storage.local import LocalStorage\n"
        f"LocalStorage(pathlib.Path({str(tmp_path / 'storage')!r})).put_output("
        f"pathlib.Path({str(fifo)!r}), uuid.UUID(int=7), 1, 'a.txt')\n"
    )
    subprocess.run(["/usr/bin/mkfifo", str(fifo)], check=True)
    writer = subprocess.Popen([sys.executable, "-c", program])
    with fifo.open("wb") as pipe:
        pipe.write(b"half" * (1 << 19))
        pipe.flush()
        deadline = time.monotonic() + 60
        while not any((tmp_path / "storage" / "partial").glob("*")):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        writer.send_signal(signal.SIGKILL)
        writer.wait()

    storage = LocalStorage(tmp_path / "storage")
    assert list(storage.walk("runs/")) == []
    assert len(list(storage.walk("partial/"))) == 1
