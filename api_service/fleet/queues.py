"""The queues according to Postgres together with what RabbitMQ says; for views and event streams."""

from dataclasses import asdict
from typing import Any

from api_service.fleet.queries import list_queues
from api_service.http.dependencies import Dependencies


def read_queues(of: Dependencies) -> list[dict[str, Any]]:
    """Returns all queues, one per engine."""
    with of.database.transaction() as connection:
        found = list_queues(connection, of.settings.engines, lease=of.lease)
    waiting = of.broker.waiting([queue.engine for queue in found])
    return [
        asdict(queue) | {"waiting": waiting[queue.engine].messages, "waiting_unknown": waiting[queue.engine].reason}
        for queue in found
    ]
