"""flask-smorest's blueprint with annotations, strict arguments and problem details. Every view module has one."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar, cast

import flask_smorest
from webargs.flaskparser import FlaskParser

from api_service.http.problem import MEDIA_TYPE
from api_service.http.problem_schema import ProblemSchema

RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}, "required": True}
}

View = TypeVar("View", bound=Callable[..., Any])


class _StrictParser(FlaskParser):
    # Each schema decides about unknown fields, and marshmallow refuses them by default: a mistyped filter must be an
    # error, because without a filter every item would match.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012  (the base class's declaration)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no annotations
    """The routes of one resource and their OpenAPI documentation."""

    ARGUMENTS_PARSER = _StrictParser()
    #: Content of the error responses of these routes in the OpenAPI document.
    ERROR: ClassVar[dict[str, Any]] = {MEDIA_TYPE: {"schema": ProblemSchema}}
    #: Temporary errors that every route can return, with the header Retry-After.
    TEMPORARY: ClassVar[dict[str, str]] = {
        "429": "The owner asks too often, or has too much queued or stored.",
        "503": "A part of the service is away.",
    }

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Registers a view under `rule`."""
        return cast(Callable[[View], View], super().route(rule, **options))

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Parses the query or body with `schema` and passes the result to the view."""
        decorate = cast(Callable[[View], View], super().arguments(schema, **options))
        if "location" in options:
            return decorate
        # A body that is not JSON is refused with 400 before the schema is applied.
        return lambda view: self.problems(400)(decorate(view))

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Encodes the return value of the view with `schema`."""
        return cast(Callable[[View], View], super().response(status_code, schema, **options))

    def alt_response(self, status_code: int, **options: Any) -> Callable[[View], View]:
        """Documents a further response of the view."""
        return cast(Callable[[View], View], super().alt_response(status_code, **options))

    def doc(self, **options: Any) -> Callable[[View], View]:
        """Adds to the OpenAPI documentation of the view."""
        return cast(Callable[[View], View], super().doc(**options))

    def _prepare_response_doc(self, doc: dict[str, Any], doc_info: dict[str, Any], **options: Any) -> dict[str, Any]:
        doc = super()._prepare_response_doc(doc, doc_info, **options)
        for status, description in self.TEMPORARY.items():
            doc["responses"][status] = {"description": description, "headers": RETRY_AFTER, "content": self.ERROR}
        return doc

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Documents the error statuses of the view; the temporary ones are documented for all views."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, schema=ProblemSchema, content_type=MEDIA_TYPE)(view)
            return view

        return decorate
