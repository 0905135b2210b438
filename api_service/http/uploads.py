"""Request bodies: file parts go straight to a private spool directory, everything else is small or refused.

Flask makes the request object; views read `spooled(field)` or `request.form`. Nothing is held whole in memory.
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

#: Longest JSON body, and most that a form may have besides its files: a hundred thousand parameter values fit.
MAX_TEXT_BYTES = 16 * 1024**2
#: Forms that are not multipart are read by nobody here, and each of their many fields would cost memory.
MAX_PLAIN_FORM_BYTES = 64 * 1024
#: Longest name of a field or file that is repeated in an answer; good ones are far shorter.
MAX_NAME_CHARACTERS = 1000
#: What is read and thrown away at a time.
DRAIN_BYTES = 64 * 1024
#: Text fields that a form may have besides its files.
MAX_TEXT_FIELDS = 20


@dataclass(frozen=True, slots=True)
class Spooled:
    """One uploaded file in the spool, under the name its user gave it; `archive` is what it was unpacked from."""

    name: str
    path: Path
    sha256: str
    size: int
    archive: str = ""

    @property
    def shown(self) -> str:
        """The name as a person would say it."""
        return f"{self.name!r} in {self.archive!r}" if self.archive else repr(self.name)


class SpoolDirectory:
    """A request's private directory, made when first needed and gone when the request is over."""

    def __init__(self, root: Path) -> None:
        self._path = root / upload_name()
        self._files = 0

    def new_path(self) -> Path:
        """A path in the directory that nobody has."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _no_room(error) from error
        self._files += 1
        return self._path / f"part-{self._files}"

    def remove(self) -> None:
        """Delete the directory and what is in it."""
        shutil.rmtree(self._path, ignore_errors=True)


class SpooledPart(io.RawIOBase):
    """Where a file part or a member of an archive is written: hashes as it writes, closes the file when it is whole."""

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
        # The parser rewinds a part when it is whole. A thousand files of one request must not stay open at once.
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
        # Werkzeug's default is to take a broken form for an empty one.
        super().__init__(*args, **{**options, "silent": False})  # type: ignore[arg-type]  # handed through


class _HeldInMemory:
    """A multipart body that is too large as soon as more of it has come than has gone into files."""

    def __init__(self, body: IO[bytes], request: "UploadRequest") -> None:
        self._body = body
        self._request = request
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        data = self._body.read(size)
        self._read += len(data)
        # The parser bounds each text field, but not all of them together, nor the heads of parts.
        if self._read - self._request.file_bytes > MAX_TEXT_BYTES:
            raise RequestEntityTooLarge
        return data


class UploadRequest(Request):
    """A request whose file parts are spooled and whose other bodies are bounded."""

    form_data_parser_class = _Parser
    _spool: SpoolDirectory | None = None
    _part: SpooledPart | None = None
    _earlier_bytes = 0

    @property
    def file_bytes(self) -> int:
        """How much of the body has gone into files."""
        return self._earlier_bytes + (self._part.size if self._part else 0)

    @property
    def spool(self) -> SpoolDirectory:
        """The request's spool directory."""
        if self._spool is None:
            self._spool = SpoolDirectory(dependencies().settings.scratch_directory)
        return self._spool

    def remove_spool(self) -> None:
        """Delete what was spooled."""
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
            # Werkzeug takes it for a field called None.
            raise BadRequest("A part of the form has no name")
        names = [*self.form, *self.files, *(file.filename or "" for _, file in self.files.items(multi=True))]
        if any(len(name) > MAX_NAME_CHARACTERS for name in names):
            raise BadRequest(f"A part of the form has a name of more than {MAX_NAME_CHARACTERS} characters")


def too_large() -> Problem:
    """What to answer to a body over the limit; reads on first, because a client that is still sending hears nothing."""
    limit = request.max_content_length or 0
    drain()
    return refused(
        "body_bytes",
        413,
        f"The body may have {limit} bytes in {request.max_form_parts} parts, all but its files {MAX_TEXT_BYTES}",
    )


def drain() -> None:
    """Read the rest of the body and throw it away, so that a client that is still sending hears the answer."""
    body, left = cast(IO[bytes], request.environ["wsgi.input"]), dependencies().settings.max_body_bytes
    # No more than a good request would have cost; whoever sends yet more meets a closed connection.
    with suppress(OSError):
        while left > 0 and (chunk := body.read(min(left, DRAIN_BYTES))):
            left -= len(chunk)


def register(app: Flask) -> None:
    """Bound the bodies of all requests, and clean up after them."""
    app.before_request(_bound)
    app.teardown_request(_clean_up)


def _bound() -> None:
    # Forms with files may be large; everything else is read into memory.
    limits = {"multipart/form-data": None, "application/x-www-form-urlencoded": MAX_PLAIN_FORM_BYTES}
    most = limits.get(request.mimetype, MAX_TEXT_BYTES)
    limit = dependencies().settings.max_body_bytes
    request.max_content_length = limit if most is None else min(limit, most)


def _clean_up(_error: BaseException | None) -> None:
    cast(UploadRequest, request).remove_spool()


def spooled(field: str) -> Iterator[Spooled]:
    """The files that came under `field`, in the order they came."""
    for storage in request.files.getlist(field):
        part = cast(SpooledPart, storage.stream)
        yield Spooled(composed(storage.filename or ""), part.path, part.sha256, part.size)


def composed(name: str) -> str:
    """A file name in Unicode's composed form: some systems send the same name in pieces."""
    return unicodedata.normalize("NFC", name)


def current_spool() -> SpoolDirectory:
    """The spool directory of the current request."""
    return cast(UploadRequest, request).spool


def new_part() -> SpooledPart:
    """Where one more file of the current request can be written."""
    return SpooledPart(current_spool().new_path())


def _no_room(error: OSError) -> Problem:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return away("There is no room for uploads at the moment", retry_after_seconds=60)
    return away(f"Uploads cannot be kept at the moment: {error.strerror}", retry_after_seconds=60)
