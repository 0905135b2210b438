"""The event stream of everything that a requester may see."""

from typing import cast

from flask import Blueprint, Response, current_app

from api_service.http import links
from api_service.http.stream import respond_with_stream
from api_service.live.hub import EXTENSION, Hub

#: Not in the OpenAPI document: its events have no content yet but a counter of changes.
blp = Blueprint("live", __name__, url_prefix=links.V1)


@blp.get("/events")
def events() -> Response:
    """Follow changes as `text/event-stream`: a revision now and after every change, at most one a second."""
    return respond_with_stream(cast(Hub, current_app.extensions[EXTENSION]).follow)
