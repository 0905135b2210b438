"""The OpenAPI document and a page that shows it; all files of the page are served here, so that it works offline."""

from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app, send_from_directory

from api_service.http.problem import not_found
from api_service.web import look

blp = Blueprint("docs", __name__, url_prefix="/api", template_folder="templates", static_folder=None)

#: Swagger UI's own files, as its package ships them.
DISTRIBUTION = Path(str(files("flask_swagger_ui") / "dist"))
ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

DOCUMENT = "epsm-openapi"


@blp.get("/openapi.json")
def document() -> dict[str, Any]:
    """Returns the OpenAPI document."""
    return cast(dict[str, Any], current_app.extensions[DOCUMENT])


@blp.get("/docs")
def page() -> Response:
    """Shows the documentation page."""
    answer = look.render("docs.html")
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


@blp.get("/docs/<name>")
def asset(name: str) -> Response:
    """Returns a static file of the page."""
    if name not in ASSETS:
        raise not_found("File")
    return send_from_directory(DISTRIBUTION, name, max_age=3600)
