"""A store in a local directory: whole files appear by rename, so that nobody ever sees half of one."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from shared.storage.base import (
    CHUNK_BYTES,
    Item,
    NotFound,
    StorageError,
    Stored,
    Verifier,
    check_key,
    input_key,
    output_key,
)

#: Files being written; the same file system as the store, so that a rename is atomic.
PARTIAL = "partial"


class LocalStorage:
    """Artifacts under `root`, readable by this user only."""

    def __init__(self, root: Path) -> None:
        self._root = root
        with _guarded():
            (root / PARTIAL).mkdir(mode=0o700, parents=True, exist_ok=True)

    def put_input(self, source: Path, sha256: str) -> Stored:
        """See Storage."""
        key = input_key(sha256)
        path = self._path(key)
        with _guarded():
            if path.is_file():
                os.utime(path)
                return Stored(key, sha256, path.stat().st_size)
        stored = self._put(source, key)
        if stored.sha256 != sha256:
            self.delete(key)
            raise StorageError(f"the file has SHA-256 {stored.sha256}, not {sha256}")
        return stored

    def put_output(self, source: Path, run_id: UUID, attempt: int, name: str) -> Stored:
        """See Storage."""
        return self._put(source, output_key(run_id, attempt, name))

    def fetch(self, key: str, target: Path, *, sha256: str) -> None:
        """See Storage."""
        Verifier(target, sha256).receive(self.read(key))

    def read(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """See Storage."""
        with _guarded(key):
            file = self._path(key).open("rb")
        return _chunks(file, start, end)

    def size(self, key: str) -> int:
        """See Storage."""
        with _guarded(key):
            return self._path(key).stat().st_size

    def delete(self, key: str) -> None:
        """See Storage."""
        path = self._path(key)
        with _guarded(key):
            path.unlink(missing_ok=True)
        # Directories that have become empty go too; one that is being filled right now is not empty, or made again.
        for parent in list(path.parents)[:-1]:
            if parent == self._root:
                break
            try:
                parent.rmdir()
            except OSError:
                break

    def walk(self, prefix: str) -> Iterator[Item]:
        """See Storage."""
        start = self._root / prefix.rpartition("/")[0]
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
        """A directory cannot sign."""
        return None

    def check(self) -> None:
        """See Storage."""
        probe = self._root / PARTIAL / f"check-{secrets.token_hex(8)}"
        with _guarded():
            probe.write_bytes(b"epsm")
            probe.unlink()

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _put(self, source: Path, key: str) -> Stored:
        partial = self._root / PARTIAL / secrets.token_hex(16)
        with _guarded(key):
            try:
                stored = _copy(source, partial, key)
                self._publish(partial, self._path(key))
            finally:
                partial.unlink(missing_ok=True)
        return stored

    def _publish(self, partial: Path, path: Path) -> None:
        # A deletion may remove the empty directory between our making it and moving into it.
        for last_try in (False, False, True):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                partial.replace(path)
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


def _chunks(file: BinaryIO, start: int, end: int | None) -> Iterator[bytes]:
    with file, _guarded():
        file.seek(start)
        left = None if end is None else end - start
        while left is None or left > 0:
            chunk = file.read(CHUNK_BYTES if left is None else min(CHUNK_BYTES, left))
            if not chunk:
                return
            if left is not None:
                left -= len(chunk)
            yield chunk


@contextmanager
def _guarded(key: str = "") -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound(f"there is no {key or error.filename}") from error
    except OSError as error:
        reason = "the disk is full" if error.errno in (errno.ENOSPC, errno.EDQUOT) else error.strerror
        raise StorageError(f"{key or error.filename}: {reason}") from error
