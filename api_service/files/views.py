"""Stored files over HTTP: outputs of runs by name, inputs by hash."""

import re
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from api_service.files.download import send
from api_service.files.queries import find_artifact, find_run_file
from api_service.files.schema import FileQuery
from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.dependencies import dependencies
from api_service.http.fields import is_plain
from api_service.http.problem import not_found
from api_service.identity.who import current_identity

blp = Blueprint("files", __name__, url_prefix=links.V1, description="Stored inputs and outputs.")

#: File name of EnergyPlus's error log.
LOG = "eplusout.err"
SHA256 = re.compile(r"[0-9a-f]{64}")
CONTENT = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
ANSWERS = {
    "200": {"description": "The file.", "content": CONTENT},
    "206": {"description": "The part that was requested with Range.", "content": CONTENT},
    "302": {"description": "The store serves the file itself, at the URL in Location."},
    "304": {"description": "The file still has the entity tag (its SHA-256) in If-None-Match."},
}


@blp.route("/runs/<uuid:run_id>/files/<name>")
@blp.arguments(FileQuery, location="query")
@blp.doc(responses=ANSWERS)
@blp.problems(404, 416)
def run_file(query: dict[str, Any], run_id: UUID, name: str) -> Response:
    """Download an output file of a run."""
    with dependencies().database.transaction() as connection:
        file = find_run_file(connection, run_id, name, current_identity()) if is_plain(name) else None
    if file is None:
        raise not_found("File")
    return send(dependencies().storage, file, redirecting=query["redirect"])


@blp.route("/runs/<uuid:run_id>/log")
@blp.doc(responses={code: answer for code, answer in ANSWERS.items() if code != "302"})
@blp.problems(404, 416)
def log(run_id: UUID) -> Response:
    """Read the .err file of a run as text."""
    with dependencies().database.transaction() as connection:
        file = find_run_file(connection, run_id, LOG, current_identity())
    if file is None:
        raise not_found("Log")
    return send(dependencies().storage, file, redirecting=False)


@blp.route("/artifacts/<sha256>")
@blp.doc(responses=ANSWERS)
@blp.problems(404, 416)
def artifact(sha256: str) -> Response:
    """Download a stored input that you have uploaded."""
    with dependencies().database.transaction() as connection:
        file = find_artifact(connection, sha256, current_identity()) if SHA256.fullmatch(sha256) else None
    if file is None:
        raise not_found("Artifact")
    return send(dependencies().storage, file)
