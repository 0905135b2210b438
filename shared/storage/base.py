"""What every store can do, and the rules for keys that keep a hostile name inside the store."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from shared.errors import Unavailable

#: Files are moved in pieces of this size: nothing is held whole in memory.
CHUNK_BYTES = 1 << 20
PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
SHA256 = re.compile(r"[0-9a-f]{64}")


#: What keys begin with: inputs by hash, outputs by run and attempt, and what is being written.
INPUTS, OUTPUTS, PARTIAL = "inputs/", "runs/", "partial/"


class StorageError(Unavailable):
    """The store cannot be reached, is full, or gave back something else than was put in. Trying again may help."""


class NotFound(StorageError):
    """There is nothing under this key."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that is safely in the store."""

    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Item:
    """A file found by walking the store."""

    key: str
    size: int
    modified_at: datetime


class Chunks(Iterator[bytes], Protocol):
    """A file's bytes in pieces; closed by whoever stops early, such as a WSGI server whose client has gone."""

    def close(self) -> None:
        """Give back the open file or the connection. Harmless when all has been read."""


class Storage(Protocol):
    """A store of artifacts, safe for threads. Every method may raise StorageError."""

    def put_input(self, source: Path, sha256: str) -> Stored:
        """Store an input under its hash; one that is there already counts as new from now on."""

    def put_output(self, source: Path, run_id: UUID, attempt: int, name: str) -> Stored:
        """Store an output of an attempt; an earlier one of that name is replaced whole."""

    def fetch(self, key: str, target: Path, *, sha256: str) -> None:
        """Copy to `target`, which exists only if all of it came and its hash is right."""

    def read(self, key: str, start: int = 0, end: int | None = None) -> Chunks:
        """The bytes from `start` up to, not including, `end`, in pieces. Raises NotFound before the first."""

    def size(self, key: str) -> int:
        """Size in bytes. Raises NotFound."""

    def delete(self, key: str) -> None:
        """Remove; what is not there is removed already."""

    def walk(self, prefix: str) -> Iterator[Item]:
        """Every file whose key begins with `prefix`, in no order. Raises ValueError for one that leads elsewhere."""

    def presigned_url(self, key: str, *, filename: str, media_type: str, seconds: int) -> str | None:
        """An address from which a client gets the file itself; None where the store cannot sign."""

    def check(self) -> None:
        """Raise StorageError when the store cannot be used."""


def input_key(sha256: str) -> str:
    """Where an input lives; two levels keep directories small. Raises ValueError."""
    if not SHA256.fullmatch(sha256):
        raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hexadecimal")
    return f"{INPUTS}{sha256[:2]}/{sha256[2:4]}/{sha256}"


def output_key(run_id: UUID, attempt: int, name: str) -> str:
    """Where an output of an attempt lives. Raises ValueError."""
    return check_key(f"{outputs_prefix(run_id)}{attempt}/{name}")


def outputs_prefix(run_id: UUID) -> str:
    """What the keys of all outputs of a run begin with."""
    return f"{OUTPUTS}{run_id}/"


def check_key(key: str) -> str:
    """The key, when it is plain names with slashes between; ValueError for anything that could lead elsewhere."""
    if not all(PART.fullmatch(part) for part in key.split("/")):
        raise ValueError(f"{key!r} is not a storage key")
    return key


def check_prefix(prefix: str) -> str:
    """The prefix, when keys can begin with it; else ValueError."""
    directory, slash, beginning = prefix.rpartition("/")
    if slash:
        check_key(directory)
    if beginning:
        check_key(beginning)
    return prefix


def hash_file(source: Path) -> tuple[str, int]:
    """SHA-256 and size of a file."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


class Verifier:
    """Writes to a temporary file beside the target and moves it there only if the hash is right."""

    def __init__(self, target: Path, sha256: str) -> None:
        self._target = target
        self._expected = sha256

    def receive(self, chunks: Chunks) -> None:
        """Take in all chunks. Raises StorageError and leaves no target when they are not what was stored."""
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
