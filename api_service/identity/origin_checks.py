"""Where nobody is asked who they are, whoever reaches loopback may do everything, and its user's browser reaches it.

Pages of others can make a browser send forms there, and with a name of theirs that leads to 127.0.0.1 read the answers.
Called by `guard`.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: What browsers say of a request that a page of ours, or the person themself, makes.
OWN = frozenset({"same-origin", "none"})


def check() -> None:
    """Refuse what a page of somebody else's makes a browser ask. Raises Problem."""
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
