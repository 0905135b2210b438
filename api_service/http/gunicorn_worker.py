"""gunicorn's threads, which do not repeat what they could not read; `server.py` goes on from here.

A request line or header that is not well formed may hold a token; gunicorn would write it into its log and its answer.
"""

from typing import Any

from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName, ParseException
from gunicorn.workers.gthread import ThreadWorker

HIDDEN = "(not shown)"


class DiscreetWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no annotations
    """gthread that keeps to itself what came malformed."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Log and answer what went wrong before the application was asked, or around it."""
        if isinstance(exc, ParseException) and not isinstance(exc, InvalidResponseHeader | InvalidResponseHeaderName):
            for name, value in vars(exc).items():
                if isinstance(value, str | bytes):
                    setattr(exc, name, HIDDEN)
        if getattr(req, "uri", None):
            req.uri = req.uri.partition("?")[0]
        super().handle_error(req, client, addr, exc)
