"""Request bodies: file parts are written to a private spool directory, all other content has a size limit.

Flask creates the request object; views read `spooled(field)` or `request.form`. No file is held in memory as a whole.
"""

import io
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from typing import IO, cast

from flask import Flask, Request, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest

from api_service.http.body import FORM, MULTIPART, SPOOL
from api_service.http.dependencies import dependencies
from api_service.http.multipart import MAX_TEXT_BYTES, MultipartForm
from api_service.http.problem import Problem
from api_service.http.refused import refused
from api_service.http.spool import SpoolDirectory, Spooled, SpooledPart

#: Maximum size of a form that is not multipart: only the small forms of pages are, and each field costs memory.
MAX_PLAIN_FORM_BYTES = 64 * 1024
#: Maximum length of a field or file name, because error messages repeat it; valid names are far shorter.
MAX_NAME_CHARACTERS = 1000
#: Bytes of a body that are decoded at once.
CHUNK_BYTES = 64 * 1024
#: Maximum number of text fields in a form, besides its files.
MAX_TEXT_FIELDS = 20


class UploadRequest(Request):
    """A request whose file parts are written to the spool and whose other content has a size limit."""

    _spool: SpoolDirectory | None = None

    @property
    def spool(self) -> SpoolDirectory:
        """The request's spool directory."""
        if self._spool is None:
            self._spool = self.environ.get(SPOOL) or SpoolDirectory(dependencies().settings.scratch_directory)
        return self._spool

    def remove_spool(self) -> None:
        """Deletes the spool directory, if there is one."""
        if self._spool is not None:
            self._spool.remove()

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        try:
            if self.mimetype == MULTIPART:
                self._load_multipart()
            else:
                super()._load_form_data()
        except ValueError as error:
            raise BadRequest(f"The body is not a whole form: {error}") from error
        if None in self.form or None in self.files:
            # A part without a name has the key None.
            raise BadRequest("A part of the form has no name")
        names = [*self.form, *self.files, *(file.filename or "" for _, file in self.files.items(multi=True))]
        if any(len(name) > MAX_NAME_CHARACTERS for name in names):
            raise BadRequest(f"A part of the form has a name of more than {MAX_NAME_CHARACTERS} characters")

    def _load_multipart(self) -> None:
        form: MultipartForm | None = self.environ.get(FORM)
        if form is None:
            form = MultipartForm(self.content_type or "", self.spool, max_parts=self.max_form_parts or 0)
        with closing(form):
            if FORM not in self.environ:
                _read(form, self._get_stream_for_parsing())
            self.__dict__["form"] = self.parameter_storage_class(form.texts())
            self.__dict__["files"] = ImmutableMultiDict(form.files)
        self.__dict__["stream"] = io.BytesIO()


def _read(form: MultipartForm, stream: IO[bytes]) -> None:
    while data := stream.read(CHUNK_BYTES):
        form.write(data)
    form.finish()


def too_large() -> Problem:
    """Returns the 413 problem."""
    limit = request.max_content_length or 0
    return refused(
        "body_bytes",
        413,
        f"The body may have {limit} bytes in {request.max_form_parts} parts, all but its files {MAX_TEXT_BYTES}",
    )


def register(app: Flask) -> None:
    """Registers the body limits and the deletion of spool directories for all requests."""
    app.before_request(_bound)
    app.teardown_request(_clean_up)


def _bound() -> None:
    # Only forms with files may be large; other bodies are read into memory.
    limits = {MULTIPART: None, "application/x-www-form-urlencoded": MAX_PLAIN_FORM_BYTES}
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


def uploaded_bytes() -> int:
    """Returns the size of all files of the form together."""
    return sum(cast(SpooledPart, storage.stream).size for _, storage in request.files.items(multi=True))


def composed(name: str) -> str:
    """Returns a file name in Unicode's composed form (NFC): some systems send the same name decomposed."""
    return unicodedata.normalize("NFC", name)


def current_spool() -> SpoolDirectory:
    """The spool directory of the current request."""
    return cast(UploadRequest, request).spool


def new_part() -> SpooledPart:
    """Returns a new file in the spool directory of the current request."""
    return SpooledPart(current_spool().new_path())
