"""Access rules in the OpenAPI document: for every operation the scope it needs and the responses 401 and 403."""

import re
from typing import Any

from flask import Flask

from api_service.identity import guard, sessions
from api_service.identity.scope import Scope

CHALLENGE = {
    "WWW-Authenticate": {"description": "The authentication schemes that are accepted.", "schema": {"type": "string"}}
}


def describe_access(app: Flask, document: dict[str, Any]) -> dict[str, Any]:
    """Returns the document with security schemes and, according to `guard`, scopes and refusals of every operation."""
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
    """Returns the security schemes: bearer token and session cookie."""
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
    # Same format as the other errors of this operation, because the old contract has its own format.
    content = responses["429"]["content"]
    refusals = {"401": "No valid token or session.", "403": f"Without the scope `{scope}`, or for another owner."}
    for status, words in refusals.items():
        challenge = {name: {**header, "required": status == "401"} for name, header in CHALLENGE.items()}
        responses.setdefault(status, {"description": words, "headers": challenge, "content": content})
