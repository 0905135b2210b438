"""Checks of the page that causes a request: protection from other sites and from DNS rebinding. Called by `guard`.

A browser sends its user's cookies whichever page causes the request; a program sends no cookies of a browser and
needs no check. Where authentication is off, every client on loopback may do everything, and that includes the user's
browser: a page of another site can make it send forms to loopback, and with a host name that resolves to 127.0.0.1 (DNS
rebinding) it can also read the responses.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request

from api_service.http import links
from api_service.http.dependencies import dependencies
from api_service.http.problem import Problem
from api_service.http.socket import is_socket
from api_service.identity import sessions

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Values of Sec-Fetch-Site for requests from pages of this service and for addresses that the user opens directly.
OWN = frozenset({"same-origin", "none"})
OTHER_SITE = "A page of another site may not change anything here"
OTHER_ORIGIN = "A page of another origin may not use this session; EPSM_TRUSTED_ORIGINS names those that may"
NO_ORIGIN = "Requests with a session need the header Origin here, which browsers send"


def check_unauthenticated() -> None:
    """Refuses requests for a foreign host name, and requests from other sites that change something. Raises Problem."""
    if not _is_ours(_host(f"//{request.host}")):
        raise Problem(
            403, f"Where no token is asked for, the API answers to loopback's names only, not to {request.host!r}"
        )
    # Any page can open a WebSocket and read it.
    if (request.method in SAFE and not is_socket()) or _is_trusted():
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if (site is not None and site not in OWN) or (origin is not None and not _is_own(origin)):
        raise Problem(403, OTHER_SITE)


def check_session() -> None:
    """Refuses requests with a session that a page of another site may have caused. Raises Problem."""
    given = request.headers.get("Origin")
    if is_socket():
        if given is None or not (_is_own(given) or _is_trusted()):
            raise Problem(403, OTHER_ORIGIN)
    elif request.method in SAFE:
        # Browsers send the header with such a request only when a page of another origin wants to read the answer.
        if given is not None and not (_is_own(given) or _is_trusted()):
            raise Problem(403, OTHER_ORIGIN)
    elif request.path.startswith(links.OLD) and given is None:
        raise Problem(403, NO_ORIGIN)
    # The old page knows no CSRF token of this service, and sends that of another one.
    elif not (request.path.startswith(links.OLD) and _is_trusted()):
        sessions.check_csrf()


def _is_trusted() -> bool:
    return request.headers.get("Origin") in dependencies().settings.trusted_origins


def _is_own(origin: str) -> bool:
    public = (dependencies().settings.public_url or "").rstrip("/")
    # A proxy may have changed the host of the request.
    return origin.rpartition("//")[2] == request.host or (origin == public != "")


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _is_ours(host: str | None) -> bool:
    """Whether a host name is one of loopback, or one under which browsers have been told to reach the API."""
    settings = dependencies().settings
    if host is None or host in [_host(address) for address in (settings.public_url or "", *settings.trusted_origins)]:
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
