"""Download responses: media type, disposition, entity tag and ranges, or a redirect to the object store.

Called by the views of files, logs and artifacts after they have closed their transaction.
"""

from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote

from flask import Response, redirect, request
from werkzeug.http import parse_range_header, quote_etag
from werkzeug.wrappers import Response as AnyResponse

from api_service.files.queries import StoredFile
from api_service.http.problem import Problem
from shared.storage import NotFound, Storage

#: Media type by file name suffix; all other files are sent as application/octet-stream.
MEDIA_TYPES = {
    ".htm": "text/html; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".err": "text/plain; charset=utf-8",
    ".idf": "text/plain; charset=utf-8",
    ".epw": "text/plain; charset=utf-8",
    ".ddy": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".epjson": "application/json",
    ".sql": "application/vnd.sqlite3",
    ".parquet": "application/vnd.apache.parquet",
}
#: Suffixes of the files that a browser may display instead of saving them.
SHOWN = frozenset({".htm", ".html", ".err", ".json"})
#: Reports contain text from users' models: a browser must not run scripts of a report or load anything for it.
#: The page of a run shows the report in a frame.
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
#: Validity of a presigned URL: enough for a slow start of a download, but a leaked URL soon becomes useless.
ADDRESS_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Slice:
    """A range of bytes: `start` is included, `stop` is not."""

    start: int
    stop: int


class Unsatisfiable(Exception):
    """The requested range is outside the file."""


def send(storage: Storage, file: StoredFile, *, redirecting: bool = True) -> AnyResponse:
    """Returns the response to a GET or HEAD of `file`. Raises StorageError, and Problem with status 404 or 416.

    With `redirecting`, a GET is redirected to the store if the store supports presigned URLs.
    """
    headers = _headers(file)
    if request.if_none_match.contains_weak(file.sha256):
        return Response(status=304, headers=headers)
    # A presigned URL is valid for GET only, so HEAD is always answered here.
    if request.method == "HEAD":
        return Response(status=200, headers={**headers, "Content-Length": str(file.size)})
    if redirecting and (address := _address(storage, file)):
        return redirect(address)
    return _stream(storage, file, headers)


def media_type(name: str) -> str:
    """Returns the media type of a file, according to the suffix of its name."""
    return MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


def read_range(header: str | None, size: int) -> Slice | None:
    """Returns the requested range of a file of `size` bytes, or None for the whole file. Raises Unsatisfiable.

    A header that is malformed or asks for several ranges is ignored, as RFC 9110 allows.
    """
    asked = parse_range_header(header)
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    start, stop = asked.ranges[0]
    if start < 0:
        start = max(size + start, 0)
    stop = size if stop is None else min(stop, size)
    if start >= stop:
        raise Unsatisfiable
    return Slice(start, stop)


def _address(storage: Storage, file: StoredFile) -> str | None:
    return storage.presigned_url(
        file.key, filename=file.name, media_type=media_type(file.name), seconds=ADDRESS_SECONDS
    )


def _stream(storage: Storage, file: StoredFile, headers: dict[str, str]) -> Response:
    wanted = request.headers.get("Range")
    if request.headers.get("If-Range", headers["ETag"]) != headers["ETag"]:
        wanted = None
    try:
        part = read_range(wanted, file.size)
    except Unsatisfiable:
        beyond = {"Content-Range": f"bytes */{file.size}", "Accept-Ranges": "bytes"}
        raise Problem(416, f"The file has {file.size} bytes", headers=beyond) from None
    whole = part or Slice(0, file.size)
    if part is not None:
        headers |= {"Content-Range": f"bytes {part.start}-{part.stop - 1}/{file.size}"}
    headers |= {"Content-Length": str(whole.stop - whole.start)}
    # Opened before the first byte is sent, so that a missing file is a 404 and not a truncated response.
    try:
        body = storage.read(file.key, whole.start, whole.stop) if file.size else ()
    except NotFound as error:
        raise Problem(404, "The file is no longer stored") from error
    return Response(body, 200 if part is None else 206, headers, direct_passthrough=True)


def _headers(file: StoredFile) -> dict[str, str]:
    suffix = PurePath(file.name).suffix.lower()
    disposition = "inline" if suffix in SHOWN else "attachment"
    return {
        "Content-Type": media_type(file.name),
        "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "ETag": quote_etag(file.sha256),
        "Accept-Ranges": "bytes",
        # A retry can replace the file of this name, so clients must revalidate; the entity tag makes that cheap.
        "Cache-Control": "private, no-cache",
    }
