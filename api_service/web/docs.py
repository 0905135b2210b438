"""The OpenAPI document and a page that shows it; all files of the page are served here, so that it works offline."""

from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Response, current_app, redirect, send_from_directory
from werkzeug.wrappers import Response as AnyResponse

from api_service.http.problem import not_found
from api_service.web import look

blp = Blueprint("docs", __name__, url_prefix="/api", template_folder="templates", static_folder=None)
root = Blueprint("root", __name__)

#: Swagger UI's own files, as its package ships them.
DISTRIBUTION = Path(str(files("flask_swagger_ui") / "dist"))
ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})
OURS = Path(__file__).with_name("static")
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
    if name == "docs.js":
        return send_from_directory(OURS, name, max_age=3600)
    if name not in ASSETS:
        raise not_found("File")
    return send_from_directory(DISTRIBUTION, name, max_age=3600)


@root.get("/")
def home() -> AnyResponse:
    """Redirects to the documentation page."""
    return redirect("/api/docs")
