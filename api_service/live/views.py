"""Event streams over HTTP: of everything that a requester may see, and of one simulation."""

import re
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Response, current_app, request

from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.dependencies import dependencies
from api_service.http.problem import not_found
from api_service.http.stream import respond_with_stream
from api_service.identity.visible import sees_simulation
from api_service.identity.who import current_identity
from api_service.live.follower import Follower
from api_service.live.service import EXTENSION, EventStreams

blp = Blueprint("live", __name__, url_prefix=links.V1, description="Event streams.")

HEADER = "Last-Event-ID"
CURSOR = re.compile(r"[0-9]{1,19}")
STREAM: dict[str, Any] = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "description": "The id of the last event that was received: the stream goes on from there.",
            "schema": {"type": "string"},
        }
    ],
    "responses": {
        "200": {
            "description": "Events, until the client closes the connection.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        }
    },
}


@blp.route("/events")
@blp.doc(**STREAM)
def events() -> Response:
    """Follow everything that you may see.

    Events: `simulation`, `run`, `worker`, `queue` and `health`, each with the JSON of its resource (`health`: that of
    `/readyz`); `workers` and `queues`, the whole lists, at the start; `deleted` {id, href}; `refetch` {href}: more has
    changed there than is sent; `reset`: read everything again. Each subject comes at most once a second.
    """
    return _follow(None)


@blp.route("/simulations/<uuid:simulation_id>/events")
@blp.doc(**STREAM)
@blp.problems(404)
def events_of_simulation(simulation_id: UUID) -> Response:
    """Follow one simulation: `simulation` now and after every change, its changed runs, and `health`.

    The events are those of `/events`. The stream ends when the simulation has been deleted.
    """
    with dependencies().database.transaction() as connection:
        if not sees_simulation(connection, simulation_id, current_identity()):
            raise not_found("Simulation")
    return _follow(simulation_id)


def _follow(simulation_id: UUID | None) -> Response:
    streams = cast(EventStreams, current_app.extensions[EXTENSION])
    follower = Follower(current_identity(), simulation_id, _cursor(request.headers.get(HEADER)))
    return respond_with_stream(partial(streams.hub.follow, follower))


def _cursor(last_event_id: str | None) -> int | None:
    """Returns where a stream resumes: None when it is new, and before everything when the id is none of ours."""
    if not last_event_id:
        return None
    return int(last_event_id) if CURSOR.fullmatch(last_event_id) else 0
