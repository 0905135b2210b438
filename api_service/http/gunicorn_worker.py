"""gunicorn's thread worker, without the text of malformed requests in logs and responses; base of `server.py`.

A malformed request line or header may contain a token; gunicorn would write it into its log and its response.
"""

from typing import Any

from gunicorn.http.errors import InvalidResponseHeader, InvalidResponseHeaderName, ParseException
from gunicorn.workers.gthread import ThreadWorker

HIDDEN = "(not shown)"


class DiscreetWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no annotations
    """gthread worker that hides the text of malformed requests."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Logs and answers an error that happened outside the application, such as a malformed request."""
        if isinstance(exc, ParseException) and not isinstance(exc, InvalidResponseHeader | InvalidResponseHeaderName):
            for name, value in vars(exc).items():
                if isinstance(value, str | bytes):
                    setattr(exc, name, HIDDEN)
        if getattr(req, "uri", None):
            req.uri = req.uri.partition("?")[0]
        super().handle_error(req, client, addr, exc)
