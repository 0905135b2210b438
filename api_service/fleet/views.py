"""Workers and queues over HTTP."""

from typing import Any

from api_service.fleet.queries import WorkerView, list_workers
from api_service.fleet.queues import read_queues
from api_service.fleet.schema import QueuesSchema, WorkersSchema
from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.dependencies import dependencies

blp = Blueprint("fleet", __name__, url_prefix=links.V1, description="Workers and queues.")


@blp.route("/workers")
@blp.response(200, WorkersSchema)
def workers() -> dict[str, list[WorkerView]]:
    """List the workers."""
    with dependencies().database.transaction() as connection:
        return {"items": list_workers(connection, lease=dependencies().lease)}


@blp.route("/queues")
@blp.response(200, QueuesSchema)
def queues() -> dict[str, list[dict[str, Any]]]:
    """List the queues, one per engine."""
    return {"items": read_queues(dependencies())}
