"""The WSGI environment of a request, from the scope of the ASGI server. Pure.

What a client says about itself is not believed: `Forwarded` headers count from trusted proxies only, a header that
could be taken for another one is left out, and the path prefix of the application is never taken from a request.
Specification of both sides: PEP 3333 and https://asgi.readthedocs.io/en/latest/specs/www.html.
"""

import io
import sys
from collections.abc import Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any
from urllib.parse import unquote_to_bytes

from api_service.http.problem import Problem

Networks = Collection[IPv4Network | IPv6Network]

#: Maximum length of path and query together; every valid one is far shorter.
MAX_TARGET_BYTES = 8190
MAX_HEADER_BYTES = 8190
#: Headers whose variables have no prefix.
PLAIN = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})
SCHEMES = frozenset({"http", "https"})


def environ_of(scope: Mapping[str, Any], trusted: Networks) -> dict[str, Any]:
    """Returns the WSGI environment with an empty body. Raises Problem for a head that no view may see."""
    path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    if len(path) + len(query) > MAX_TARGET_BYTES:
        raise Problem(414, f"The address may have {MAX_TARGET_BYTES} bytes")
    headers = _headers(scope["headers"])
    version = {"1": "1.0"}.get(scope["http_version"], scope["http_version"])
    if version == "1.1" and not headers.get("HTTP_HOST"):
        raise Problem(400, "The header Host is missing")
    address, port = scope["client"] or ("", 0)
    host, server_port = scope["server"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query.decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{version}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(server_port),
        "REMOTE_ADDR": address,
        "REMOTE_PORT": str(port),
        **headers,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if is_trusted(address, trusted):
        _forward(environ, trusted)
    return environ


def origin_of(scope: Mapping[str, Any]) -> str | None:
    """Returns the header Origin of a request, also of one that has no environment."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)


def is_trusted(address: str, trusted: Networks) -> bool:
    """Returns whether an address is that of a trusted proxy."""
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in trusted)


def _headers(given: Collection[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in given:
        if len(raw_name) + len(raw_value) > MAX_HEADER_BYTES:
            raise Problem(431, f"A header may have {MAX_HEADER_BYTES} bytes")
        if b"_" in raw_name:
            # `X_Forwarded_For` would get the variable of `X-Forwarded-For`, which a proxy overwrites.
            continue
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        name, value = name if name in PLAIN else f"HTTP_{name}", raw_value.decode("latin-1")
        if name == "HTTP_HOST" and name in headers:
            raise Problem(400, "The header Host may be there once")
        if name in headers:
            value = headers[name] + ("; " if name == "HTTP_COOKIE" else ",") + value
        headers[name] = value
    return headers


def _forward(environ: dict[str, Any], trusted: Networks) -> None:
    """Replaces address, scheme and host of a trusted proxy by those of its client."""
    addresses = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    # Each proxy appends the address that it was called from; what stands before the first untrusted one is not proven.
    clients = [address for address in addresses if not is_trusted(address, trusted)]
    if clients:
        environ["REMOTE_ADDR"] = clients[-1]
    scheme = environ.get("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
    if scheme in SCHEMES:
        environ["wsgi.url_scheme"] = scheme
    if host := environ.get("HTTP_X_FORWARDED_HOST", "").rpartition(",")[2].strip():
        environ["HTTP_HOST"] = host
