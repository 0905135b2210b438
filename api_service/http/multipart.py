"""A multipart form that comes in pieces: its files are written to the spool while they come, each byte once.

Used by `body.py` for the bodies that the server gathers, and by `uploads.py` for a body that is a stream.
"""

import tempfile
from collections.abc import Iterator
from typing import IO, Any, cast

from werkzeug.datastructures import FileStorage, Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from api_service.http.spool import SpoolDirectory, SpooledPart

#: Maximum size of a form without the content of its files: enough for a hundred thousand parameter values.
MAX_TEXT_BYTES = 16 * 1024**2
#: Text up to this size is kept in memory, because most is this small.
IN_MEMORY_BYTES = 64 * 1024
#: Of RFC 2046.
MAX_BOUNDARY_BYTES = 70
#: Encodings of a text field that its part may name; else it is read as UTF-8.
ENCODINGS = frozenset({"ascii", "us-ascii", "utf-8", "iso-8859-1"})


class MultipartForm:
    """The fields and files of one form. Raises ValueError for malformed forms, RequestEntityTooLarge, Problem."""

    def __init__(self, content_type: str, spool: SpoolDirectory, *, max_parts: int) -> None:
        boundary = parse_options_header(content_type)[1].get("boundary", "")
        if not boundary:
            raise ValueError("Missing boundary")
        self._decoder = MultipartDecoder(boundary.encode("ascii"), MAX_TEXT_BYTES, max_parts=max_parts)
        self._spool = spool
        self._part: Field | File | None = None
        self._sink: IO[bytes] | None = None
        self._texts: list[tuple[Field, IO[bytes]]] = []
        self._received = 0
        # Werkzeug 3.1 adds a line break to a file when a piece ends between the two dashes after the last boundary, so
        # the decoder gets dashes at the end of a piece together with what follows.
        self._held = b""
        self._file_bytes = 0
        self.files: list[tuple[str, FileStorage]] = []

    def write(self, data: bytes) -> None:
        """Takes the next bytes of the body."""
        self._received += len(data)
        data = self._held + data
        dashes = min(len(data) - len(data.rstrip(b"-")), MAX_BOUNDARY_BYTES)
        end = len(data) - dashes
        data, self._held = data[:end], data[end:]
        self._decoder.receive_data(data)
        self._decode()
        # The decoder limits each text field, but neither their total nor the headers of parts.
        if self._received - self._file_bytes > MAX_TEXT_BYTES:
            raise RequestEntityTooLarge

    def finish(self) -> None:
        """Checks that the form is complete; called after the last `write`."""
        self._decoder.receive_data(self._held)
        self._decoder.receive_data(None)
        self._decode()

    def close(self) -> None:
        """Closes the files that are still open; called when the form is not needed any more."""
        for sink in (self._sink, *(text for _, text in self._texts)):
            if sink is not None:
                sink.close()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yields the names and values of the text fields, once."""
        for part, text in self._texts:
            with text:
                text.seek(0)
                yield part.name, text.read().decode(_encoding(part.headers), "replace")

    def _decode(self) -> None:
        while not isinstance(event := self._decoder.next_event(), NeedData | Epilogue):
            if isinstance(event, Field | File):
                self._part, self._sink = event, self._new_sink(event)
            elif isinstance(event, Data):
                cast(IO[bytes], self._sink).write(event.data)
                if isinstance(self._part, File):
                    self._file_bytes += len(event.data)
                if not event.more_data:
                    self._end_part()

    def _new_sink(self, part: Field | File) -> IO[bytes]:
        if isinstance(part, File):
            return cast(IO[bytes], SpooledPart(self._spool.new_path()))
        return text_file(self._spool)

    def _end_part(self) -> None:
        part, sink = self._part, cast(IO[bytes], self._sink)
        if isinstance(part, File):
            # Up to a thousand files of a request must not stay open.
            sink.close()
            self.files.append((part.name, FileStorage(sink, part.filename, part.name, headers=part.headers)))
        else:
            self._texts.append((cast(Field, part), sink))
        self._part = self._sink = None


def text_file(spool: SpoolDirectory) -> IO[bytes]:
    """Returns an empty file: in memory while it is small, nameless in the spool when it is larger."""
    return cast(IO[bytes], tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(spool.made())))


def _encoding(headers: Headers) -> str:
    options: dict[str, Any] = parse_options_header(headers.get("content-type"))[1]
    named = str(options.get("charset", "")).lower()
    return named if named in ENCODINGS else "utf-8"
