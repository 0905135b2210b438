"""flask-smorest's Api with problem details instead of its own errors, in the answers and in the document."""

import re
from http import HTTPStatus
from typing import Any

import flask_smorest
from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from api_service.http import errors
from api_service.http.problem import MEDIA_TYPE
from api_service.http.problem_schema import ProblemSchema
from api_service.identity import guard, sessions
from api_service.identity.scope import Scope

TITLE = "EPSM"
OPENAPI_VERSION = "3.0.3"
DESCRIPTION = (
    "Queues EnergyPlus models, runs them on whichever worker is free and gives back numbers and files. "
    "`/api/simulation/` is the contract of earlier clients; everything else is under `/api/v1/`."
)

CHALLENGE = {"WWW-Authenticate": {"description": "What would be taken for a proof.", "schema": {"type": "string"}}}


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
    schemes = document["components"]["securitySchemes"] = _schemes(app.config["SESSION_COOKIE_NAME"])
    with app.app_context():
        for rule in app.url_map.iter_rules():
            path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
            for method, operation in document["paths"].get(path, {}).items():
                if method.upper() not in (rule.methods or ()):
                    continue
                if rule.endpoint in guard.OPEN:
                    operation["security"] = []
                else:
                    operation["security"] = [{name: []} for name in schemes]
                    _describe_refusals(operation, guard.needed(rule.endpoint, method.upper()))
    return document


def _schemes(cookie: str) -> dict[str, dict[str, str]]:
    """How to prove who one is."""
    return {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "`Authorization: Bearer epsm_…`, from `POST /api/v1/tokens` or `/account`.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie,
            "description": f"After `/sign-in`, in a browser; changes need the header {sessions.CSRF_HEADER} too.",
        },
    }


def _describe_refusals(operation: dict[str, Any], scope: Scope) -> None:
    operation["description"] = f"{operation.get('description', '')}\n\nNeeds the scope `{scope}`.".strip()
    responses = operation["responses"]
    # In the shape that errors of this operation have: the old contract has its own.
    content = responses["429"]["content"]
    refusals = {"401": "No valid token or session.", "403": f"Without the scope `{scope}`, or for somebody else."}
    for status, words in refusals.items():
        challenge = {name: {**header, "required": status == "401"} for name, header in CHALLENGE.items()}
        responses.setdefault(status, {"description": words, "headers": challenge, "content": content})
