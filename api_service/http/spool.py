"""Files of one request: a private directory below the scratch directory, and the parts that are written to it."""

import errno
import hashlib
import io
import shutil
from dataclasses import dataclass
from pathlib import Path

from api_service.http.problem import Problem, away
from shared.scratch_names import upload_name


@dataclass(frozen=True, slots=True)
class Spooled:
    """One uploaded file in the spool; `member` is its path in the archive named `archive` when it came in one."""

    name: str
    path: Path
    sha256: str
    size: int
    archive: str = ""
    member: str = ""

    @property
    def shown(self) -> str:
        """The name for error messages; that of a file from an archive with its path and the name of the archive."""
        return f"{self.member!r} in {self.archive!r}" if self.member else repr(self.name)


class SpoolDirectory:
    """A request's private directory: created at first use, deleted at the end of the request."""

    def __init__(self, root: Path) -> None:
        self._path = root / upload_name()
        self._files = 0

    def made(self) -> Path:
        """Returns the directory, and creates it at the first call. Raises Problem when that is not possible."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise no_room(error) from error
        return self._path

    def new_path(self) -> Path:
        """Returns an unused path in the directory. Raises Problem when the directory cannot be created."""
        self._files += 1
        return self.made() / f"part-{self._files}"

    def remove(self) -> None:
        """Deletes the directory and its content."""
        shutil.rmtree(self._path, ignore_errors=True)


class SpooledPart(io.RawIOBase):
    """The file for a form part or an archive member: computes the hash while writing."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        try:
            self._file = path.open("xb")
        except OSError as error:
            raise no_room(error) from error

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # the parser writes bytes and nothing else
        try:
            self._file.write(data)
        except OSError as error:
            raise no_room(error) from error
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise no_room(error) from error
        super().close()


def no_room(error: OSError) -> Problem:
    """Returns a 503 problem: what a client sends cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return away("There is no room for uploads at the moment", retry_after_seconds=60)
    return away(f"Uploads cannot be kept at the moment: {error.strerror}", retry_after_seconds=60)
