"""Static files of the pages: stylesheets, modules, a sample model, and the libraries that `vendor.mjs` copied.

They are read once. The address of every file contains one digest of all of them, so that browsers may keep a file for
ever and modules can import each other by relative names.
"""

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, request, url_for

from api_service.http.problem import not_found

DIRECTORY = Path(__file__).with_name("static")
#: Media types of the files that are served; files with other suffixes are not.
MEDIA_TYPES = {".css": "text/css", ".idf": "text/plain", ".js": "text/javascript", ".svg": "image/svg+xml"}
DIGEST_CHARACTERS = 16
FOR_EVER = "public, max-age=31536000, immutable"

blp = Blueprint("assets", __name__, static_folder=None)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file, as it is and compressed."""

    content: bytes
    compressed: bytes
    media_type: str
    digest: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by their path below `static`, and the digest of all of them."""

    files: dict[str, Asset]
    version: str


@cache
def assets() -> Assets:
    """Reads all files; what has no compressed copy beside it is compressed here."""
    found = {
        path.relative_to(DIRECTORY).as_posix(): _read(path)
        for path in sorted(DIRECTORY.rglob("*"))
        if path.suffix in MEDIA_TYPES
    }
    together = sha256("".join(f"{name} {asset.digest}\n" for name, asset in found.items()).encode())
    return Assets(found, together.hexdigest()[:DIGEST_CHARACTERS])


def _read(path: Path) -> Asset:
    content, beside = path.read_bytes(), path.with_name(f"{path.name}.gz")
    compressed = beside.read_bytes() if beside.exists() else gzip.compress(content, mtime=0)
    return Asset(content, compressed, MEDIA_TYPES[path.suffix], sha256(content).hexdigest()[:DIGEST_CHARACTERS])


def address(name: str) -> str:
    """Returns the address of a file, for templates. Raises LookupError for a file that does not exist."""
    if name not in assets().files:
        raise LookupError(f"no static file {name}; `make setup` installs the libraries of the pages")
    return url_for("assets.file", version=assets().version, name=name)


@blp.get("/static/<version>/<path:name>")
def file(version: str, name: str) -> Response:
    """Returns a file; under the address of another version, with permission to keep it taken away.

    While replicas are replaced, pages of one version ask a replica of another one for files.
    """
    asset = assets().files.get(name)
    if asset is None:
        raise not_found("File")
    is_compressed = request.accept_encodings["gzip"] > 0
    response = Response(asset.compressed if is_compressed else asset.content, mimetype=asset.media_type)
    if is_compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = FOR_EVER if version == assets().version else "no-cache"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(f"{asset.digest}-gzip" if is_compressed else asset.digest)
    response.make_conditional(request)
    return response
