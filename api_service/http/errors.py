"""Error handlers: convert exceptions to problem details, or to `{"error": …}` for the paths of the old contract."""

from typing import Any

from flask import Flask, Response, request
from flask.json import dumps
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from api_service.http import links
from api_service.http.problem import MEDIA_TYPE, Fault, Problem, away, invalid
from api_service.http.uploads import too_large
from shared.db.database import DatabaseAway
from shared.logging import get_logger
from shared.storage import StorageError

log = get_logger(__name__)

#: Where the old page shows `message` and not `error`.
MESSAGE_PREFIXES = ("/api/simulation/parse/", "/api/parse/")


def register(app: Flask) -> None:
    """Registers handlers for the exceptions that views do not catch."""
    app.register_error_handler(Problem, answer)
    app.register_error_handler(DatabaseAway, _database_away)
    app.register_error_handler(StorageError, _storage_failed)


def answer(problem: Problem) -> Response:
    """Returns the response for a problem, in the format of the contract that the request's path belongs to."""
    body, media_type = document(problem, request.path)
    return Response(dumps(body) + "\n", problem.status, problem.headers, mimetype=media_type)


def document(problem: Problem, path: str) -> tuple[dict[str, Any], str]:
    """Returns the JSON object that describes a problem of a request to `path`, and its media type."""
    body = problem.body()
    if not path.startswith(links.OLD):
        return body, MEDIA_TYPE
    extra = {"errors": body["errors"]} if "errors" in body else {}
    if path.startswith(MESSAGE_PREFIXES):
        extra["message"] = problem.detail
    return {"error": problem.detail, **extra}, "application/json"


def answer_http_exception(error: HTTPException) -> Response:
    """Returns the problem response for an exception of Flask, Werkzeug or webargs."""
    if isinstance(error, RequestEntityTooLarge):
        return answer(too_large())
    status = error.code or 500
    messages = getattr(error, "data", {}).get("messages")
    if messages is not None:
        return answer(invalid(_flat_locations(messages), status))
    # The other headers belong to Werkzeug's HTML error page, which is not sent.
    headers = {name: value for name, value in error.get_headers(None) if name in ("Allow", "Retry-After")}
    detail = "Something went wrong here; it has been logged" if status == 500 else error.description or error.name
    return answer(Problem(status, detail, headers=headers))


def flatten(messages: Any, place: str = "") -> list[Fault]:
    """Converts marshmallow's nested messages to a list with one fault per message, each with the path of its field."""
    if isinstance(messages, dict):
        return [fault for key, value in messages.items() for fault in flatten(value, _inside(place, key))]
    if isinstance(messages, list):
        return [fault for value in messages for fault in flatten(value, place)]
    return [Fault(place, str(messages))]


def _flat_locations(messages: Any) -> list[Fault]:
    # webargs nests marshmallow's messages under their location (query, json).
    return [fault for located in messages.values() for fault in flatten(located)]


def _inside(place: str, key: object) -> str:
    if key == "_schema":
        return place
    if isinstance(key, int):
        return f"{place}[{key}]"
    return f"{place}.{key}" if place else str(key)


def _database_away(error: DatabaseAway) -> Response:
    log.warning("request.database_away", error=str(error))
    return answer(away("The database cannot be reached at the moment"))


def _storage_failed(error: StorageError) -> Response:
    log.warning("request.storage_failed", error=str(error))
    return answer(away("The file storage cannot be reached at the moment"))
