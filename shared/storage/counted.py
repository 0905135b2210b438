"""Wrapper of a store that counts and times its operations."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from shared import metrics
from shared.storage.base import Chunks, Item, NotFound, Storage, StorageError, Stored

OPERATIONS = ("put", "fetch", "read", "size", "delete", "walk", "check")


class CountedStorage:
    """Passes every call to `storage` and records metrics. NotFound is not counted as an error."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        for operation in OPERATIONS:
            metrics.storage_seconds.labels(operation)
            metrics.storage_errors.labels(operation)

    def put_input(self, source: Path, sha256: str) -> Stored:
        """See Storage."""
        with _counted("put"):
            return self._storage.put_input(source, sha256)

    def put_output(self, source: Path, run_id: UUID, attempt: int, name: str) -> Stored:
        """See Storage."""
        with _counted("put"):
            return self._storage.put_output(source, run_id, attempt, name)

    def fetch(self, key: str, target: Path, *, sha256: str) -> None:
        """See Storage."""
        with _counted("fetch"):
            self._storage.fetch(key, target, sha256=sha256)

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """See Storage; only the opening is timed, because reading proceeds at the client's speed."""
        with _counted("read"):
            return self._storage.read(key, start, end)

    def size(self, key: str) -> int:
        """See Storage."""
        with _counted("size"):
            return self._storage.size(key)

    def delete(self, key: str) -> None:
        """See Storage."""
        with _counted("delete"):
            self._storage.delete(key)

    def walk(self, prefix: str) -> Iterator[Item]:
        """See Storage."""
        with _counted("walk"):
            yield from self._storage.walk(prefix)

    def presigned_url(self, key: str, *, filename: str, media_type: str, seconds: int) -> str | None:
        """See Storage; not counted, because it is computed without a request to the store."""
        return self._storage.presigned_url(key, filename=filename, media_type=media_type, seconds=seconds)

    def check(self) -> None:
        """See Storage."""
        with _counted("check"):
            self._storage.check()


@contextmanager
def _counted(operation: str) -> Iterator[None]:
    started = time.monotonic()
    try:
        yield
    except NotFound:
        raise
    except StorageError:
        metrics.storage_errors.labels(operation).inc()
        raise
    finally:
        metrics.storage_seconds.labels(operation).observe(time.monotonic() - started)
