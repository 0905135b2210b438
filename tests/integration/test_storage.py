"""Both stores, a real directory and a real S3 server, have the same behaviour."""

import hashlib
import os
import stat
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest

from shared.storage import NotFound, Storage, StorageError
from shared.storage.base import hash_file, input_key, output_key
from shared.storage.local import LocalStorage
from shared.storage.seekable import open_seekable
from tests.integration.stores import RUN, file


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


def test_a_file_is_read_here_and_there(storage: Storage, tmp_path: Path) -> None:
    content = bytes(range(256)) * 8192
    key = storage.put_input(file(tmp_path, content), hashlib.sha256(content).hexdigest()).key

    with open_seekable(storage, key) as found:
        found.seek(-5, os.SEEK_END)
        assert (found.read(), found.read(), found.tell()) == (content[-5:], b"", len(content))
        found.seek(1000)
        assert found.read(10) == content[1000:1010]
        found.seek(5, os.SEEK_CUR)
        assert found.read(len(content)) == content[1015:]
    with pytest.raises(NotFound):
        open_seekable(storage, input_key("0" * 64))


def test_a_file_that_was_cut_short_is_not_taken_for_a_whole_one(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "store")
    key = storage.put_input(file(tmp_path), hashlib.sha256(b"0123456789").hexdigest()).key

    with open_seekable(storage, key) as found:
        os.truncate(tmp_path / "store" / key, 4)
        with pytest.raises(StorageError, match="is 4 bytes long, not 10"):
            found.read()


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


def test_a_partly_read_file_is_closed(storage: Storage, tmp_path: Path) -> None:
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


def test_a_local_store_is_private(tmp_path: Path) -> None:
    root = tmp_path / "new" / "storage"
    LocalStorage(root).put_output(file(tmp_path), RUN, 1, "a.txt")

    for path in (root, *root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
