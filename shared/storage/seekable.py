"""A stored file that is read here and there, for readers of formats with a directory at the end."""

import io

from shared.storage.base import Storage, StorageError

#: Read at once, because each reading may be a request to a server.
BUFFER_BYTES = 1 << 20


def open_seekable(storage: Storage, key: str) -> io.BufferedReader:
    """The file, buffered, for one thread at a time. Raises NotFound; reading raises StorageError."""
    return io.BufferedReader(_Ranges(storage, key), BUFFER_BYTES)


class _Ranges(io.RawIOBase):
    def __init__(self, storage: Storage, key: str) -> None:
        super().__init__()
        self._storage, self._key = storage, key
        self._size, self._position = storage.size(key), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(origin + offset, 0)
        return self._position

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # BufferedReader passes nothing else
        end = min(self._position + len(buffer), self._size)
        if end <= self._position:
            return 0
        chunks, filled = self._storage.read(self._key, self._position, end), 0
        try:
            for chunk in chunks:
                buffer[filled : filled + len(chunk)] = chunk
                filled += len(chunk)
        finally:
            chunks.close()
        if filled != end - self._position:
            # It became shorter, which a reader must not take for its end.
            raise StorageError(f"{self._key} is {self._position + filled} bytes long, not {self._size}")
        self._position = end
        return filled
