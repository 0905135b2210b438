"""Store in a local directory: a file appears by an atomic rename, so that no reader sees a partial one."""

import errno
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from shared.storage.base import (
    CHUNK_BYTES,
    PARTIAL,
    Chunks,
    Item,
    NotFound,
    StorageError,
    Stored,
    Verifier,
    check_key,
    check_prefix,
    input_key,
    output_key,
)


class LocalStorage:
    """Artifacts under `root`, readable by this user only."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with _guarded():
            # For files being written: in the same file system as the store, so that a rename is atomic.
            _make_directory(root / PARTIAL)

    def put_input(self, source: Path, sha256: str) -> Stored:
        """See Storage. Always written: the time it takes must not reveal whether another owner has the same file."""
        return self._put(source, input_key(sha256), sha256)

    def put_output(self, source: Path, run_id: UUID, attempt: int, name: str) -> Stored:
        """See Storage."""
        return self._put(source, output_key(run_id, attempt, name))

    def fetch(self, key: str, target: Path, *, sha256: str) -> None:
        """See Storage."""
        Verifier(target, sha256).receive(self.read(key))

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """See Storage."""
        with _guarded(key):
            path = self._path(key)
            _regular(path)
            file = path.open("rb")
        return _Chunks(file, start, end)

    def size(self, key: str) -> int:
        """See Storage."""
        with _guarded(key):
            return _regular(self._path(key)).st_size

    def delete(self, key: str) -> None:
        """See Storage."""
        path = self._path(key)
        with _guarded(key):
            try:
                path.unlink()
            except (FileNotFoundError, NotADirectoryError):
                return
        # Directories that have become empty are removed too. A concurrent `_publish` creates them again if it has to.
        for parent in list(path.parents)[:-1]:
            if parent == self._root:
                break
            try:
                parent.rmdir()
            except OSError:
                break

    def walk(self, prefix: str) -> Iterator[Item]:
        """See Storage."""
        start = self._root / check_prefix(prefix).rpartition("/")[0]
        for directory, _, names in os.walk(start):
            for name in names:
                path = Path(directory) / name
                key = path.relative_to(self._root).as_posix()
                if not key.startswith(prefix):
                    continue
                try:
                    status = path.stat()
                except FileNotFoundError:
                    continue
                yield Item(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))

    def presigned_url(self, key: str, *, filename: str, media_type: str, seconds: int) -> str | None:  # noqa: ARG002
        """None: a directory cannot sign URLs."""
        return None

    def check(self) -> None:
        """See Storage."""
        probe = self._root / PARTIAL / f"check-{secrets.token_hex(8)}"
        with _guarded():
            probe.write_bytes(b"epsm")
            probe.unlink()

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _put(self, source: Path, key: str, sha256: str | None = None) -> Stored:
        partial = self._root / PARTIAL / secrets.token_hex(16)
        with _guarded(key):
            try:
                stored = _copy(source, partial, key)
                if sha256 not in (None, stored.sha256):
                    raise StorageError(f"the file has SHA-256 {stored.sha256}, not {sha256}")
                self._publish(partial, self._path(key))
            finally:
                partial.unlink(missing_ok=True)
        return stored

    def _publish(self, partial: Path, path: Path) -> None:
        # A concurrent deletion may remove the empty directory after it was created and before the file is moved there.
        for last_try in (False, False, True):
            try:
                _make_directory(path.parent)
                partial.replace(path)
                # Without this a power failure can lose the directory entry of a file that a row already refers to.
                _sync_directory(path.parent)
            except FileNotFoundError:
                if last_try:
                    raise
            else:
                return


def _copy(source: Path, target: Path, key: str) -> Stored:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as given, target.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        while chunk := given.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
        file.flush()
        os.fdatasync(file.fileno())
    return Stored(key, digest.hexdigest(), size)


class _Chunks:
    """Pieces of an open file. Not a generator: one that was never iterated would not close its file."""

    def __init__(self, file: BinaryIO, start: int, end: int | None) -> None:
        self._file = file
        self._left = sys.maxsize if end is None else end - start
        file.seek(start)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with _guarded():
            chunk = self._file.read(min(CHUNK_BYTES, self._left)) if self._left > 0 else b""
        self._left -= len(chunk)
        if not chunk:
            self.close()
            raise StopIteration
        return chunk

    def close(self) -> None:
        """See Chunks."""
        self._left = 0
        self._file.close()

    def __del__(self) -> None:
        self._file.close()


def _regular(path: Path) -> os.stat_result:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise FileNotFoundError(errno.ENOENT, "not a file", str(path))
    return status


def _make_directory(path: Path) -> None:
    """Create a directory and its missing parents, accessible by this user only, and sync their entries to disk."""
    if path.is_dir():
        return
    _make_directory(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        _sync_directory(path.parent)


def _sync_directory(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _guarded(key: str = "") -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(f"there is no {key or error.filename}") from error
    except OSError as error:
        reason = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror
        raise StorageError(f"{key or error.filename}: {reason}") from error
