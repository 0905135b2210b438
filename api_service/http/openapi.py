"""flask-smorest's Api with problem details instead of its own errors, in responses and in the OpenAPI document."""

from http import HTTPStatus

import flask_smorest
from flask import Response
from werkzeug.exceptions import HTTPException

from api_service.http import errors
from api_service.http.problem import MEDIA_TYPE
from api_service.http.problem_schema import ProblemSchema

TITLE = "EPSM"
OPENAPI_VERSION = "3.0.3"
DESCRIPTION = (
    "Queues EnergyPlus models, runs them on whichever worker is free and gives back numbers and files. "
    "`/api/simulation/` and `/api/parse/` are the contract of earlier clients; everything else is under `/api/v1/`."
)


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest has no annotations
    """The part of the application that the OpenAPI document describes."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Returns the problem response for an exception of Flask or webargs."""
        return errors.answer_http_exception(error)

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": ProblemSchema}}
        for status in HTTPStatus:
            if status >= 400:
                response = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "Any other problem, such as an unreachable part of the service.", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)
