"""Request bodies: file parts are written to a private spool directory, all other content has a size limit.

Flask creates the request object; views read `spooled(field)` or `request.form`. No file is held in memory as a whole.
"""

import errno
import hashlib
import io
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask, Request, request
from werkzeug.exceptions import BadRequest, ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem, away
from api_service.http.refused import refused
from shared.scratch_names import upload_name

#: Maximum size of a JSON body, and of a form without its files: enough for a hundred thousand parameter values.
MAX_TEXT_BYTES = 16 * 1024**2
#: Maximum size of a form that is not multipart: only the small forms of pages are, and each field costs memory.
MAX_PLAIN_FORM_BYTES = 64 * 1024
#: Maximum length of a field or file name, because error messages repeat it; valid names are far shorter.
MAX_NAME_CHARACTERS = 1000
#: Chunk size for a body that is read and discarded.
DRAIN_BYTES = 64 * 1024
#: Maximum number of text fields in a form, besides its files.
MAX_TEXT_FIELDS = 20


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

    def new_path(self) -> Path:
        """Returns an unused path in the directory. Raises Problem when the directory cannot be created."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _no_room(error) from error
        self._files += 1
        return self._path / f"part-{self._files}"

    def remove(self) -> None:
        """Deletes the directory and its content."""
        shutil.rmtree(self._path, ignore_errors=True)


class SpooledPart(io.RawIOBase):
    """The file for a form part or an archive member: computes the hash while writing, closes itself when complete."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.size = 0
        self._hash = hashlib.sha256()
        try:
            self._file = path.open("xb")
        except OSError as error:
            raise _no_room(error) from error

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:  # type: ignore[override]  # the parser writes bytes and nothing else
        try:
            self._file.write(data)
        except OSError as error:
            raise _no_room(error) from error
        self._hash.update(data)
        self.size += len(data)
        return len(data)

    def seek(self, *_: Any) -> int:
        # The parser calls this when a part is complete. Up to a thousand files of a request must not stay open.
        self.close()
        return 0

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as error:
            raise _no_room(error) from error
        super().close()


class _Parser(FormDataParser):
    def __init__(self, *args: object, **options: object) -> None:
        # By default, Werkzeug parses a malformed form as an empty one, without an error.
        super().__init__(*args, **{**options, "silent": False})  # type: ignore[arg-type]  # handed through


class _HeldInMemory:
    """A multipart body that may have at most MAX_TEXT_BYTES besides the content of its files."""

    def __init__(self, body: IO[bytes], request: "UploadRequest") -> None:
        self._body = body
        self._request = request
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        data = self._body.read(size)
        self._read += len(data)
        # The parser limits each text field, but neither their total nor the headers of parts.
        if self._read - self._request.file_bytes > MAX_TEXT_BYTES:
            raise RequestEntityTooLarge
        return data


class UploadRequest(Request):
    """A request whose file parts are written to the spool and whose other content has a size limit."""

    form_data_parser_class = _Parser
    _spool: SpoolDirectory | None = None
    _part: SpooledPart | None = None
    _earlier_bytes = 0

    @property
    def file_bytes(self) -> int:
        """How many bytes of the body have been written to files."""
        return self._earlier_bytes + (self._part.size if self._part else 0)

    @property
    def spool(self) -> SpoolDirectory:
        """The request's spool directory."""
        if self._spool is None:
            self._spool = SpoolDirectory(dependencies().settings.scratch_directory)
        return self._spool

    def remove_spool(self) -> None:
        """Deletes the spool directory, if there is one."""
        if self._spool is not None:
            self._spool.remove()

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        self._earlier_bytes = self.file_bytes
        self._part = SpooledPart(self.spool.new_path())
        return cast(IO[bytes], self._part)

    def _get_stream_for_parsing(self) -> IO[bytes]:
        return cast(IO[bytes], _HeldInMemory(super()._get_stream_for_parsing(), self))

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
        except ClientDisconnected as error:
            raise BadRequest("The connection ended before the whole body had come, or it came too slowly") from error
        except ValueError as error:
            raise BadRequest(f"The body is not a whole form: {error}") from error
        if None in self.form or None in self.files:
            # Werkzeug stores a part without a name under the key None.
            raise BadRequest("A part of the form has no name")
        names = [*self.form, *self.files, *(file.filename or "" for _, file in self.files.items(multi=True))]
        if any(len(name) > MAX_NAME_CHARACTERS for name in names):
            raise BadRequest(f"A part of the form has a name of more than {MAX_NAME_CHARACTERS} characters")


def too_large() -> Problem:
    """Returns the 413 problem; reads the body first, because a client that is still sending gets no response."""
    limit = request.max_content_length or 0
    drain()
    return refused(
        "body_bytes",
        413,
        f"The body may have {limit} bytes in {request.max_form_parts} parts, all but its files {MAX_TEXT_BYTES}",
    )


def drain() -> None:
    """Reads and discards the rest of the body, so that a client that is still sending gets the response."""
    body, left = cast(IO[bytes], request.environ["wsgi.input"]), dependencies().settings.max_body_bytes
    # At most as much as a valid request may have; a client that sends more gets a closed connection.
    with suppress(OSError):
        while left > 0 and (chunk := body.read(min(left, DRAIN_BYTES))):
            left -= len(chunk)


def register(app: Flask) -> None:
    """Registers the body limits and the deletion of spool directories for all requests."""
    app.before_request(_bound)
    app.teardown_request(_clean_up)


def _bound() -> None:
    # Only forms with files may be large; other bodies are read into memory.
    limits = {"multipart/form-data": None, "application/x-www-form-urlencoded": MAX_PLAIN_FORM_BYTES}
    most = limits.get(request.mimetype, MAX_TEXT_BYTES)
    limit = dependencies().settings.max_body_bytes
    request.max_content_length = limit if most is None else min(limit, most)


def _clean_up(_error: BaseException | None) -> None:
    cast(UploadRequest, request).remove_spool()


def spooled(field: str) -> Iterator[Spooled]:
    """Yields the uploaded files of form field `field`, in the order of the request."""
    for storage in request.files.getlist(field):
        part = cast(SpooledPart, storage.stream)
        yield Spooled(composed(storage.filename or ""), part.path, part.sha256, part.size)


def composed(name: str) -> str:
    """Returns a file name in Unicode's composed form (NFC): some systems send the same name decomposed."""
    return unicodedata.normalize("NFC", name)


def current_spool() -> SpoolDirectory:
    """The spool directory of the current request."""
    return cast(UploadRequest, request).spool


def new_part() -> SpooledPart:
    """Returns a new file in the spool directory of the current request."""
    return SpooledPart(current_spool().new_path())


def _no_room(error: OSError) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return away("There is no room for uploads at the moment", retry_after_seconds=60)
    return away(f"Uploads cannot be kept at the moment: {error.strerror}", retry_after_seconds=60)
