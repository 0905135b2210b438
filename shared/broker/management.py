"""What only RabbitMQ's management API knows of the queues: unacknowledged messages and rates. Read by the API."""

from collections.abc import Collection, Mapping
from typing import Any

import requests

from shared.broker.address import ManagementAddress
from shared.broker.queues import RUNS_QUEUES, runs_queue
from shared.messages import BrokerAway, QueueTraffic

#: Seconds to connect and between two parts of the answer; a healthy node answers within milliseconds.
PATIENCE_SECONDS = (2.0, 2.0)
#: Queues of one page; a virtual host has one per engine.
MOST_QUEUES = 500
COLUMNS = "name,messages_unacknowledged,message_stats.publish_details.rate,message_stats.ack_details.rate"
REASONS = {
    401: "it does not take the user and password of EPSM_BROKER_URL, or the user lacks the tag monitoring",
    404: "it has no such virtual host",
}


class BrokerManagement:
    """Reads the management API; for one thread."""

    def __init__(self, address: ManagementAddress, *, queue_type: str) -> None:
        self._url = address.url
        self._queue_type = queue_type
        self._session = requests.Session()
        # No proxy and no .netrc of the environment: the node is ours, and so is the password.
        self._session.trust_env = False
        self._session.auth = (address.user, address.password)
        if (certificates := address.certificates) is not None:
            self._session.verify = str(certificates.ca)
            if certificates.certificate is not None:
                self._session.cert = (str(certificates.certificate), str(certificates.key))

    def traffic(self, engines: Collection[str]) -> dict[str, QueueTraffic]:
        """The traffic of the queues of `engines`, without those that have none yet. Raises BrokerAway."""
        query: dict[str, str | int] = {"page": 1, "page_size": MOST_QUEUES, "name": RUNS_QUEUES, "columns": COLUMNS}
        try:
            answer = self._session.get(self._url, params=query, timeout=PATIENCE_SECONDS, allow_redirects=False)
        except requests.RequestException as error:
            raise BrokerAway(f"RabbitMQ's management API: {type(error).__name__}") from error
        if answer.status_code != requests.codes.ok:
            reason = REASONS.get(answer.status_code, f"it answers {answer.status_code}")
            raise BrokerAway(f"RabbitMQ's management API: {reason}")
        try:
            queues = {queue["name"]: queue for queue in answer.json()["items"]}
            named = {engine: queues.get(runs_queue(engine, self._queue_type), {}) for engine in engines}
            return {engine: _traffic(queue) for engine, queue in named.items() if "messages_unacknowledged" in queue}
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BrokerAway("RabbitMQ's management API: its answer cannot be read") from error

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


def _traffic(queue: Mapping[str, Any]) -> QueueTraffic:
    # A queue that has had no traffic has no rates.
    stats = queue.get("message_stats", {})
    rates = [float(stats.get(f"{name}_details", {}).get("rate", 0)) for name in ("publish", "ack")]
    return QueueTraffic(int(queue["messages_unacknowledged"]), *rates)
