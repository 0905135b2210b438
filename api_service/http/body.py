"""The body of one request while it comes: written to memory or to the request's spool, and then given to the view.

`receiving.py` writes to it, on a thread that may block; `uploads.py` takes the form out of it.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from werkzeug.exceptions import RequestEntityTooLarge

from api_service.http.multipart import IN_MEMORY_BYTES, MultipartForm, text_file
from api_service.http.spool import SpoolDirectory

#: Keys in the WSGI environment: the form that was gathered, and the spool of the request.
FORM, SPOOL = "epsm.form", "epsm.spool"
MULTIPART = "multipart/form-data"


class Body:
    """Takes the bytes of a body. Raises ValueError for malformed forms, RequestEntityTooLarge, Problem."""

    def __init__(self, environ: dict[str, Any], spool: SpoolDirectory, *, max_bytes: int, max_parts: int) -> None:
        self._environ = environ
        self._limit = max_bytes
        self.size = 0
        content_type = str(environ.get("CONTENT_TYPE", ""))
        self._form: MultipartForm | None = None
        self._plain: IO[bytes] | None = None
        if content_type.partition(";")[0].strip().lower() == MULTIPART:
            self._form = MultipartForm(content_type, spool, max_parts=max_parts)
        elif int(environ.get("CONTENT_LENGTH") or max_bytes) <= IN_MEMORY_BYTES:
            self._plain = io.BytesIO()
        else:
            self._plain = text_file(spool)

    def write(self, data: bytes) -> None:
        """Takes the next bytes."""
        self.size += len(data)
        if self.size > self._limit:
            raise RequestEntityTooLarge
        (self._form or self._plain).write(data)  # type: ignore[union-attr]  # there is one of them

    def finish(self) -> None:
        """Puts the body into the environment of the request."""
        self._environ["CONTENT_LENGTH"] = str(self.size)
        self._environ.pop("HTTP_TRANSFER_ENCODING", None)
        if self._form is not None:
            self._form.finish()
            self._environ[FORM] = self._form
        if self._plain is not None:
            self._plain.seek(0)
            self._environ["wsgi.input"] = self._plain

    @contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Context manager: closes the files of the body when its content raises an exception."""
        try:
            yield
        except BaseException:
            for part in (self._form, self._plain):
                if part is not None:
                    part.close()
            raise
