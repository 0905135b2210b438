"""Both stores do the same: a real directory and a real S3 server."""

import hashlib
import os
import signal
import stat
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import requests

from shared.settings import Settings
from shared.storage import NotFound, Storage, StorageError, open_storage
from shared.storage.base import hash_file, output_key
from shared.storage.local import LocalStorage
from tests.seaweedfs import SeaweedServer, running_seaweedfs

RUN = UUID(int=7)


@pytest.fixture(scope="module")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedServer]:
    with running_seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture(params=["local", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return LocalStorage(tmp_path / "storage")
    server: SeaweedServer = request.getfixturevalue("seaweed")
    return server.store(f"test-{uuid4()}")


def file(tmp_path: Path, content: bytes = b"0123456789") -> Path:
    path = tmp_path / "source"
    path.write_bytes(content)
    return path


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def whole(storage: Storage, key: str, start: int = 0, end: int | None = None) -> bytes:
    return b"".join(storage.read(key, start, end))


def test_what_is_put_comes_back(storage: Storage, tmp_path: Path) -> None:
    source = file(tmp_path)
    sha256 = hashlib.sha256(b"0123456789").hexdigest()

    for _ in range(2):
        stored = storage.put_input(source, sha256)
    output = storage.put_output(source, RUN, 2, "eplusout.err")

    assert (stored.sha256, stored.size, storage.size(stored.key)) == (sha256, 10, 10)
    assert output.key == f"runs/{RUN}/2/eplusout.err"
    assert output.sha256 == sha256
    for key in (stored.key, output.key):
        storage.fetch(key, tmp_path / "target", sha256=sha256)
        assert (tmp_path / "target").read_bytes() == b"0123456789"
    storage.check()


def test_ranges(storage: Storage, tmp_path: Path) -> None:
    key = storage.put_output(file(tmp_path), RUN, 1, "a.txt").key

    assert whole(storage, key, 3, 6) == b"345"
    assert whole(storage, key, 8) == b"89"
    assert whole(storage, key, 4, 4) == b""
    assert whole(storage, key, 10) == b""


def test_an_empty_file_is_a_file(storage: Storage, tmp_path: Path) -> None:
    key = storage.put_output(file(tmp_path, b""), RUN, 1, "empty").key

    assert (storage.size(key), whole(storage, key)) == (0, b"")


def test_a_file_that_is_not_what_was_stored_leaves_no_target(storage: Storage, tmp_path: Path) -> None:
    key = storage.put_output(file(tmp_path), RUN, 1, "a.txt").key

    with pytest.raises(StorageError, match="SHA-256"):
        storage.fetch(key, tmp_path / "target", sha256="0" * 64)

    assert not list(tmp_path.glob("*target*"))


def test_an_input_under_a_wrong_hash_is_refused(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        storage.put_input(file(tmp_path), "1" * 64)

    assert list(storage.walk("inputs/")) == []


def test_what_is_not_there_is_not_found_and_can_be_deleted(storage: Storage, tmp_path: Path) -> None:
    key = output_key(RUN, 1, "nothing")
    for ask in (lambda: storage.size(key), lambda: whole(storage, key), lambda: _fetch(storage, key, tmp_path)):
        with pytest.raises(NotFound):
            ask()
    storage.delete(key)


def _fetch(storage: Storage, key: str, tmp_path: Path) -> None:
    storage.fetch(key, tmp_path / "target", sha256="0" * 64)


def test_walking_finds_what_begins_with_a_prefix_and_deleting_removes_it(storage: Storage, tmp_path: Path) -> None:
    source = file(tmp_path)
    kept = storage.put_output(source, UUID(int=1), 1, "a.txt").key
    gone = [storage.put_output(source, UUID(int=2), attempt, "a.txt").key for attempt in (1, 2)]

    assert {item.key for item in storage.walk(f"runs/{UUID(int=2)}/")} == set(gone)
    for item in storage.walk(f"runs/{UUID(int=2)}/"):
        assert item.size == 10
        storage.delete(item.key)

    assert [item.key for item in storage.walk("runs/")] == [kept]


def test_a_large_file_goes_in_parts(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "large"
    with source.open("wb") as large:
        for number in range(40):
            large.write(bytes([number]) * (1 << 20))
    sha256, size = hash_file(source)

    tracemalloc.start()
    stored = storage.put_output(source, RUN, 1, "large")
    storage.fetch(stored.key, tmp_path / "target", sha256=sha256)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert stored.size == size == 40 << 20
    assert most < 30 << 20
    assert whole(storage, stored.key, (39 << 20), (39 << 20) + 2) == bytes([39]) * 2


def test_the_same_input_put_by_many_at_once_is_stored_once(storage: Storage, tmp_path: Path) -> None:
    source = file(tmp_path)
    sha256, _ = hash_file(source)

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: storage.put_input(source, sha256).key, range(16)))

    assert len(keys) == 1
    assert [item.key for item in storage.walk("inputs/")] == [*keys]


def test_a_file_that_nobody_reads_to_its_end_is_closed(storage: Storage, tmp_path: Path) -> None:
    key = storage.put_output(file(tmp_path, b"0" * (3 << 20)), RUN, 1, "a.txt").key
    before = open_files()

    for _ in range(3):
        storage.read(key).close()
        begun = storage.read(key)
        next(begun)
        begun.close()

    assert open_files() <= before + 1


def test_a_directory_is_not_a_file(storage: Storage, tmp_path: Path) -> None:
    key = storage.put_output(file(tmp_path), RUN, 1, "a.txt").key
    for other in (f"runs/{RUN}/1", f"{key}/below"):
        with pytest.raises(NotFound):
            storage.size(other)
        with pytest.raises(NotFound):
            storage.read(other)
    storage.delete(f"{key}/below")
    assert storage.size(key) == 10


def test_an_input_put_again_counts_as_new(tmp_path: Path) -> None:
    storage, source = LocalStorage(tmp_path / "storage"), file(tmp_path)
    sha256, _ = hash_file(source)
    path = tmp_path / "storage" / storage.put_input(source, sha256).key
    os.utime(path, (0, 0))

    storage.put_input(source, sha256)

    (item,) = storage.walk("inputs/")
    assert item.modified_at.year > 2000


def test_nobody_else_can_look_into_a_local_store(tmp_path: Path) -> None:
    root = tmp_path / "new" / "storage"
    LocalStorage(root).put_output(file(tmp_path), RUN, 1, "a.txt")

    for path in (root, *root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_bytes_that_rotted_in_the_store_are_not_handed_on(tmp_path: Path) -> None:
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


def test_a_store_that_is_not_there_says_so(tmp_path: Path) -> None:
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
