"""Workers and queues over HTTP."""

from dataclasses import asdict
from typing import Any

from api_service.fleet.queries import WorkerView, list_queues, list_workers_with_runs
from api_service.fleet.schema import QueuesSchema, WorkersSchema
from api_service.http import links
from api_service.http.blueprint import Blueprint
from api_service.http.broker_view import BrokerQueue
from api_service.http.dependencies import dependencies
from api_service.identity.who import current_identity

blp = Blueprint("fleet", __name__, url_prefix=links.V1, description="Workers and queues.")


@blp.route("/workers")
@blp.response(200, WorkersSchema)
def workers() -> dict[str, list[WorkerView]]:
    """List the workers."""
    with dependencies().database.transaction() as connection:
        return {"items": list_workers_with_runs(connection, current_identity(), lease=dependencies().lease)}


@blp.route("/queues")
@blp.response(200, QueuesSchema)
def queues() -> dict[str, list[dict[str, Any]]]:
    """List the queues, one per engine."""
    with dependencies().database.transaction() as connection:
        found = list_queues(connection, dependencies().settings.engines, lease=dependencies().lease)
    said = dependencies().broker.queues([queue.engine for queue in found])
    return {"items": [asdict(queue) | _shown(said[queue.engine]) for queue in found]}


def _shown(queue: BrokerQueue) -> dict[str, Any]:
    depth, traffic = queue.depth, queue.traffic
    return {
        "waiting": depth and depth.waiting,
        "consumers": depth and depth.consumers,
        "dead_letters": depth and depth.dead_letters,
        "waiting_unknown": queue.depth_unknown,
        "unacked": traffic and traffic.unacked,
        "in_per_second": traffic and traffic.rate_in,
        "out_per_second": traffic and traffic.rate_out,
        "traffic_unknown": queue.traffic_unknown,
    }
