"""Interface of all stores, and validation of keys, so that a hostile file name cannot lead outside the store."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from shared.errors import Unavailable

#: Files are read and written in pieces of this size, never whole in memory.
CHUNK_BYTES = 1 << 20
PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
SHA256 = re.compile(r"[0-9a-f]{64}")


#: Prefixes of keys: inputs by hash, outputs by run and attempt, files that are being written.
INPUTS, OUTPUTS, PARTIAL = "inputs/", "runs/", "partial/"


class StorageError(Unavailable):
    """The store cannot be reached, is full, or returned data with a wrong hash. Trying again may help."""


class NotFound(StorageError):
    """No file has this key."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that has been stored completely; `size` is in bytes."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Item:
    """A file found by `walk`; `size` is in bytes."""

    key: str
    size: int
    modified_at: datetime


class Chunks(Iterator[bytes], Protocol):
    """Iterator over a file's bytes in pieces. A caller that stops early, such as a WSGI server, must close it."""

    def close(self) -> None:
        """Release the open file or connection. Harmless after everything has been read."""


class Storage(Protocol):
    """Interface of a store of artifacts. Thread-safe. Every method may raise StorageError."""

    def put_input(self, source: Path, sha256: str) -> Stored:
        """Store an input under its hash; one that exists already is written again, so its modification time is new."""

    def put_output(self, source: Path, run_id: UUID, attempt: int, name: str) -> Stored:
        """Store an output of an attempt; atomically replaces an earlier one of that name."""

    def fetch(self, key: str, target: Path, *, sha256: str) -> None:
        """Copy to `target`, which is created only if the whole file was read and has the hash. Raises NotFound."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """The bytes from `start` up to, not including, `end`, in pieces. Raises NotFound before the first piece."""

    def size(self, key: str) -> int:
        """Size in bytes. Raises NotFound."""

    def delete(self, key: str) -> None:
        """Delete the file. Idempotent: a missing key is no error."""

    def walk(self, prefix: str) -> Iterator[Item]:
        """All files whose key begins with `prefix`, in no order. Raises ValueError when no valid key can begin so."""

    def presigned_url(self, key: str, *, filename: str, media_type: str, seconds: int) -> str | None:
        """A URL from which a client can download the file for `seconds`; None when the store cannot sign URLs."""

    def check(self) -> None:
        """Raise StorageError when the store cannot be used."""


def input_key(sha256: str) -> str:
    """Key of an input; two levels of directories keep each of them small. Raises ValueError."""
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hexadecimal")
    return f"{INPUTS}{sha256[:2]}/{sha256[2:4]}/{sha256}"


def output_key(run_id: UUID, attempt: int, name: str) -> str:
    """Key of an output of an attempt. Raises ValueError."""
    return check_key(f"{outputs_prefix(run_id)}{attempt}/{name}")


def outputs_prefix(run_id: UUID) -> str:
    """Prefix of the keys of all outputs of a run."""
    return f"{OUTPUTS}{run_id}/"


def check_key(key: str) -> str:
    """The unchanged key, if it consists of plain names separated by slashes; else ValueError, as for `..`."""
    if not all(PART.fullmatch(part) for part in key.split("/")):
        raise ValueError(f"{key!r} is not a storage key")
    return key


def check_prefix(prefix: str) -> str:
    """The unchanged prefix, if a valid key can begin with it; else ValueError."""
    directory, slash, beginning = prefix.rpartition("/")
    if slash:
        check_key(directory)
    if beginning:
        check_key(beginning)
    return prefix


def hash_file(source: Path) -> tuple[str, int]:
    """SHA-256 in hexadecimal and size in bytes of a file."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


class Verifier:
    """Writes to a temporary file beside `target` and renames it to `target` only if its hash is `sha256`."""

    def __init__(self, target: Path, sha256: str) -> None:
        self._target = target
        self._expected = sha256

    def receive(self, chunks: Chunks) -> None:
        """Write all chunks. Raises StorageError, and creates no target, when their hash is wrong or writing fails."""
        partial = self._target.with_name(f".{self._target.name}.partial")
        digest = hashlib.sha256()
        try:
            with partial.open("wb") as file:
                for chunk in chunks:
                    digest.update(chunk)
                    file.write(chunk)
            if digest.hexdigest() != self._expected:
                raise StorageError(f"what was read has SHA-256 {digest.hexdigest()}, not {self._expected}")
            partial.replace(self._target)
        except OSError as error:
            raise StorageError(f"{self._target.name} cannot be written: {error.strerror}") from error
        finally:
            chunks.close()
            partial.unlink(missing_ok=True)
