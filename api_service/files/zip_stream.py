"""A ZIP archive that is written while it is sent: neither it nor one of its files is held in memory or on disk."""

import io
import zipfile
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from api_service.files.queries import StoredFile
from shared.storage import Storage

#: ZIP has no earlier time, and none with a zone.
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ZipMember:
    """A file of the archive: a stored one, or a text."""

    path: str
    content: StoredFile | bytes
    modified_at: datetime


class _Sink(io.RawIOBase):
    """Holds what was written since it was last taken. Not seekable, so that sizes are written behind each file."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # zipfile writes bytes and nothing else
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def stream_zip(storage: Storage, members: Iterable[ZipMember]) -> Iterator[bytes]:
    """Yields an archive piece by piece. Raises StorageError in between, and what was sent is then no whole archive."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            info = zipfile.ZipInfo(member.path, max(member.modified_at, EARLIEST).timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.file_size = len(member.content) if isinstance(member.content, bytes) else member.content.size
            with archive.open(info, "w") as into, closing(_pieces(storage, member.content)) as pieces:
                for piece in pieces:
                    into.write(piece)
                    if sent := sink.take():
                        yield sent
        # Written by the end of the context, like the archive's directory.
    if sent := sink.take():
        yield sent


def _pieces(storage: Storage, content: StoredFile | bytes) -> Generator[bytes, None, None]:
    if isinstance(content, bytes):
        yield content
    elif content.size:
        with closing(storage.read(content.key)) as chunks:
            yield from chunks
