"""An archive that is written while it is sent."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from api_service.files.queries import StoredFile
from api_service.files.zip_stream import ZipMember, stream_zip
from shared.storage import StorageError
from shared.storage.base import CHUNK_BYTES
from shared.storage.local import LocalStorage

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
BYTES = bytes(range(256))


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


def stored(storage: LocalStorage, tmp_path: Path, name: str, content: bytes) -> StoredFile:
    (tmp_path / "source").write_bytes(content)
    put = storage.put_output(tmp_path / "source", uuid4(), 1, name)
    return StoredFile(put.key, name, put.sha256, put.size)


def test_files_come_out_as_they_were_stored(storage: LocalStorage, tmp_path: Path) -> None:
    contents = {"a/large.sql": BYTES * 20_000, "b/empty.err": b"", "c/é.htm": b"<p>"}
    members = [ZipMember(path, stored(storage, tmp_path, "f", content), NOON) for path, content in contents.items()]

    sent = b"".join(stream_zip(storage, [*members, ZipMember("all.json", b"[]", NOON)]))

    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {**contents, "all.json": b"[]"}
        assert archive.infolist()[0].date_time == (2026, 1, 31, 12, 0, 0)


def test_a_file_is_sent_before_the_next_is_read(storage: LocalStorage, tmp_path: Path) -> None:
    file = stored(storage, tmp_path, "f", BYTES * 8)
    taken: list[str] = []

    def members() -> Iterator[ZipMember]:
        for name in ("first", "second"):
            taken.append(name)
            yield ZipMember(name, file, NOON)

    pieces = stream_zip(storage, members())
    next(pieces)

    assert taken == ["first"]
    assert len(b"".join(pieces)) > 0
    assert taken == ["first", "second"]


def test_no_piece_is_larger_than_what_is_read_at_once(storage: LocalStorage, tmp_path: Path) -> None:
    # Random bytes do not get smaller.
    content = b"".join(uuid4().bytes for _ in range(5 * CHUNK_BYTES // 16))
    member = ZipMember("f", stored(storage, tmp_path, "f", content), NOON)

    assert max(len(piece) for piece in stream_zip(storage, [member])) < 2 * CHUNK_BYTES


def test_a_file_that_has_gone_breaks_the_archive_off(storage: LocalStorage, tmp_path: Path) -> None:
    kept, gone = (stored(storage, tmp_path, name, BYTES) for name in ("kept", "gone"))
    storage.delete(gone.key)
    sent: list[bytes] = []

    with pytest.raises(StorageError):
        sent.extend(stream_zip(storage, [ZipMember("kept", kept, NOON), ZipMember("gone", gone, NOON)]))

    assert not zipfile.is_zipfile(io.BytesIO(b"".join(sent)))


def test_what_was_sent_in_part_can_be_left(storage: LocalStorage, tmp_path: Path) -> None:
    pieces = stream_zip(storage, [ZipMember("f", stored(storage, tmp_path, "f", BYTES * 20_000), NOON)])
    next(pieces)

    pieces.close()  # type: ignore[attr-defined]  # a generator, which the server closes
