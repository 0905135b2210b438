"""flask-smorest's blueprint with annotations, strict arguments and problem details. Every view module makes one."""

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
    # Leaves it to each schema, and marshmallow's default is to refuse: a mistyped filter must not match everything.
    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012  (the base class's declaration)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no annotations
    """Routes of one noun and their documentation."""

    ARGUMENTS_PARSER = _StrictParser()
    #: How the document shows an error of these routes.
    ERROR: ClassVar[dict[str, Any]] = {MEDIA_TYPE: {"schema": ProblemSchema}}
    #: What any route can answer with for a while, and Retry-After says for how long.
    TEMPORARY: ClassVar[dict[str, str]] = {
        "429": "The owner asks too often, or has too much queued or stored.",
        "503": "A part of the service is away.",
    }

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Register a view under `rule`."""
        return cast(Callable[[View], View], super().route(rule, **options))

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:
        """Pass what `schema` makes of the query or body to the view."""
        decorate = cast(Callable[[View], View], super().arguments(schema, **options))
        if "location" in options:
            return decorate
        # What is no JSON at all is said before the schema is asked.
        return lambda view: self.problems(400)(decorate(view))

    def response(self, status_code: int, schema: Any = None, **options: Any) -> Callable[[View], View]:
        """Encode what the view returns with `schema`."""
        return cast(Callable[[View], View], super().response(status_code, schema, **options))

    def alt_response(self, status_code: int, **options: Any) -> Callable[[View], View]:
        """Document another answer."""
        return cast(Callable[[View], View], super().alt_response(status_code, **options))

    def doc(self, **options: Any) -> Callable[[View], View]:
        """Add to what the document says about the view."""
        return cast(Callable[[View], View], super().doc(**options))

    def _prepare_response_doc(self, doc: dict[str, Any], doc_info: dict[str, Any], **options: Any) -> dict[str, Any]:
        doc = super()._prepare_response_doc(doc, doc_info, **options)
        for status, description in self.TEMPORARY.items():
            doc["responses"][status] = {"description": description, "headers": RETRY_AFTER, "content": self.ERROR}
        return doc

    def problems(self, *statuses: int) -> Callable[[View], View]:
        """Document which problems the view answers with; what is only temporary is documented for all."""

        def decorate(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status, schema=ProblemSchema, content_type=MEDIA_TYPE)(view)
            return view

        return decorate
