"""Answers a download: media type, disposition, entity tag, ranges; or sends the client to the store itself.

Called by the views of files, logs and artifacts, which have closed their transaction before.
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

#: By the end of the name; whatever is not here is downloaded as bytes.
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
#: What a browser may show in place of saving it.
SHOWN = frozenset({".htm", ".html", ".err", ".json"})
#: A report is made from what a user's model says: nothing in it may run, or reach anything, in our name.
POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
#: Long enough for a slow start of a download, short enough that a leaked address is worth little.
ADDRESS_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Slice:
    """Bytes from `start` up to and without `stop`."""

    start: int
    stop: int


class Unsatisfiable(Exception):
    """The range asked for lies outside the file."""


def send(storage: Storage, file: StoredFile, *, redirecting: bool = True) -> AnyResponse:
    """The answer to a GET or HEAD of `file`; from here or, if `redirecting`, from the store. Raises StorageError."""
    headers = _headers(file)
    if request.if_none_match.contains_weak(file.sha256):
        return Response(status=304, headers=headers)
    # A signed address is good for GET only, so HEAD is always answered here.
    if request.method == "HEAD":
        return Response(status=200, headers={**headers, "Content-Length": str(file.size)})
    if redirecting and (address := _address(storage, file)):
        return redirect(address)
    return _stream(storage, file, headers)


def media_type(name: str) -> str:
    """The media type that a file's name promises."""
    return MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")


def read_range(header: str | None, size: int) -> Slice | None:
    """Which part of a file of `size` bytes is asked for; None means all of it. Raises Unsatisfiable.

    A header that cannot be read, and one that asks for several parts, are ignored as RFC 9110 allows.
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
    # Opened before the first byte is sent, so that a file that is gone is a 404 and not a broken answer.
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
        "ETag": quote_etag(file.sha256),
        "Accept-Ranges": "bytes",
        # What a name stands for changes with a retry, so it is asked for again; the tag makes that cheap.
        "Cache-Control": "private, no-cache",
    }
