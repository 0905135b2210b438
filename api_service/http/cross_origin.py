"""CORS: pages of trusted origins may call the API from browsers with cookies; those of other origins may not read it.

The API's own pages stay out of it, because they contain CSRF tokens. `identity/origin_checks.py` has the checks of
requests; this module only tells browsers. Specification: https://fetch.spec.whatwg.org/#http-cors-protocol.
"""

from collections.abc import Collection

from flask import Flask, Response, request

from api_service.http import links
from api_service.http.problem import Problem
from shared.settings import Settings

PATHS = (f"{links.V1}/", *links.OLD)
METHODS = "GET, HEAD, POST, PATCH, DELETE"
#: What the old page and programs of /api/v1 send, besides the headers that every page may send.
HEADERS = (
    "Authorization, Content-Type, X-CSRFToken, X-EPSM-Owner, Idempotency-Key, X-Request-ID, If-None-Match, Range, "
    "Last-Event-ID"
)
#: What a page may read of an answer, besides the headers that every page may read.
EXPOSED = "Location, Content-Disposition, ETag, Idempotency-Replayed, Retry-After, WWW-Authenticate, X-Request-ID"
#: How long a browser may go without asking again, in seconds.
MAX_AGE = "600"
NOT_TRUSTED = "Pages of this origin may not call the API; EPSM_TRUSTED_ORIGINS names those that may"


def headers_for(origin: str | None, path: str, trusted: Collection[str]) -> dict[str, str]:
    """Returns the headers of any answer to a request for `path` from a page of `origin`, None without one."""
    if not trusted or not path.startswith(PATHS):
        return {}
    # Without it, a cache would give the answer for one origin to a page of another.
    headers = {"Vary": "Origin"}
    if origin in trusted:
        headers |= {
            "Access-Control-Allow-Origin": str(origin),
            "Access-Control-Allow-Credentials": "true",
            "Access-Control-Expose-Headers": EXPOSED,
        }
    return headers


def register(app: Flask, settings: Settings) -> None:
    """Answers preflights, which have no credentials, and adds the headers to all answers of the application."""

    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
            return None
        if "Access-Control-Allow-Origin" not in _headers():
            raise Problem(403, NOT_TRUSTED)
        allowed = {"Methods": METHODS, "Headers": HEADERS}
        headers = {f"Access-Control-Allow-{name}": value for name, value in allowed.items()}
        return Response(status=204, headers={**headers, "Access-Control-Max-Age": MAX_AGE})

    def add(response: Response) -> Response:
        headers = _headers()
        if vary := headers.pop("Vary", None):
            response.vary.add(vary)
        response.headers.update(headers)
        return response

    def _headers() -> dict[str, str]:
        return headers_for(request.headers.get("Origin"), request.path, settings.trusted_origins)

    app.before_request(answer_preflight)
    app.after_request(add)
