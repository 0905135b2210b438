"""DNS rebinding and cross-site protection when authentication is off.

Without authentication, every client on loopback may do everything, and that includes the user's browser. A page of
another site can make the browser send forms to loopback. With a host name that resolves to 127.0.0.1 (DNS rebinding),
it can also read the responses. Called by `guard`.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Values of Sec-Fetch-Site for requests from pages of this service and for addresses that the user opens directly.
OWN = frozenset({"same-origin", "none"})


def check() -> None:
    """Refuses requests for a foreign host name, and requests from other sites that change something. Raises Problem."""
    if not _is_ours(_host(f"//{request.host}")):
        raise Problem(
            403, f"Where no token is asked for, the API answers to loopback's names only, not to {request.host!r}"
        )
    if request.method in SAFE:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if (site is not None and site not in OWN) or (origin is not None and origin.rpartition("//")[2] != request.host):
        raise Problem(403, "A page of another site may not change anything here")


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _is_ours(host: str | None) -> bool:
    if host is None or host == _host(dependencies().settings.public_url or ""):
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
