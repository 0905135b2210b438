"""The queues according to Postgres together with what RabbitMQ says; for views and event streams."""

from dataclasses import asdict
from typing import Any

from api_service.fleet.queries import list_queues
from api_service.http.broker_view import BrokerQueue
from api_service.http.dependencies import Dependencies


def read_queues(of: Dependencies) -> list[dict[str, Any]]:
    """Returns all queues, one per engine."""
    with of.database.transaction() as connection:
        found = list_queues(connection, of.settings.engines, lease=of.lease)
    said = of.broker.queues([queue.engine for queue in found])
    return [asdict(queue) | _shown(said[queue.engine]) for queue in found]


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
