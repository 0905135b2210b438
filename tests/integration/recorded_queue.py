"""A queue in memory that records published messages, in place of RabbitMQ."""

from uuid import UUID

from shared.messages import DispatchMessage
from tests.rows import ENGINE


class Queue:
    """RabbitMQ as a list: messages are delivered in any order, and may be lost or duplicated."""

    def __init__(self) -> None:
        self.messages: list[UUID] = []

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        assert engine == ENGINE
        self.messages.append(message.run_id)

    def waiting(self, engine: str) -> int:
        assert engine == ENGINE
        return len(self.messages)
