"""Dispatching without RabbitMQ."""

from dataclasses import dataclass, field
from uuid import UUID

from shared.messages import BrokerAway, DispatchMessage
from shared.window.choose import choose
from shared.window.fill import fill
from tests.rows import ENGINE, LEASE, Rows


@dataclass
class DispatchPublisher:
    """A publisher that records messages and can fail after a number of them."""

    room: int = 1_000_000
    messages: list[UUID] = field(default_factory=list)
    empty: bool = False

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        if len(self.messages) >= self.room:
            raise BrokerAway("RabbitMQ: no room")
        self.messages.append(message.run_id)

    def waiting(self, engine: str) -> int:
        return 0 if self.empty else len(self.messages)


def dispatch(rows: Rows, shelf: DispatchPublisher, minimum: int = 4) -> int:
    return fill(rows.database, shelf, ENGINE, lease=LEASE, minimum=minimum)


def chosen(rows: Rows, room: int) -> list[UUID]:
    with rows.database.transaction() as connection:
        return [row.id for row in choose(connection, ENGINE, room)]
