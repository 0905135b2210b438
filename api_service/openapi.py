"""flask-smorest's Api with problem details instead of its own errors, in the answers and in the document."""

import re
from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from api_service import errors
from api_service.identity import guard, sessions
from api_service.problem import MEDIA_TYPE
from api_service.schemas.problem import ProblemSchema

TITLE = "EPSM"
OPENAPI_VERSION = "3.0.3"
DESCRIPTION = (
    "Queues EnergyPlus models, runs them on whichever worker is free and gives back numbers and files. "
    "`/api/simulation/` is the contract of earlier clients; everything else is under `/api/v1/`."
)


#: How to prove who one is; for the document.
SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "`Authorization: Bearer epsm_…`, from `POST /api/v1/tokens` or `/account`.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": sessions.COOKIE,
        "description": f"After `/sign-in`, in a browser; to change something takes the header {sessions.CSRF_HEADER}.",
    },
}


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no annotations
    """The documented part of the application."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer what Flask and webargs raise."""
        return errors.answer_http_exception(error)

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": ProblemSchema}}
        for status in HTTPStatus:
            if status >= 400:
                response = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "Any other problem, e.g. a part of the service that is away.", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)


def describe_access(app: Flask, document: dict[str, Any]) -> dict[str, Any]:
    """Say of every operation who may call it, and what the others are answered; asks the guard."""
    document["components"]["securitySchemes"] = SCHEMES
    with app.app_context():
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            for method, operation in document["paths"].get(path, {}).items():
                if method.upper() in (rule.methods or ()):
                    _describe(operation, rule.endpoint, method.upper())
    return document


def _describe(operation: dict[str, Any], endpoint: str, method: str) -> None:
    if endpoint in guard.OPEN:
        operation["security"] = []
        return
    scope = guard.needed(endpoint, method)
    operation["security"] = [{name: []} for name in SCHEMES]
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds the scope `{scope}`.".strip()
    # The old contract's paths have errors of their own shape.
    shape = operation["responses"].get("default", {}).get("content")
    refusals = {"401": "No valid token or session.", "403": f"Without the scope `{scope}`, or for somebody else."}
    for status, words in refusals.items():
        known = {"$ref": f"#/components/responses/{HTTPStatus(int(status)).name}"}
        operation["responses"].setdefault(status, {"description": words, "content": shape} if shape else known)
