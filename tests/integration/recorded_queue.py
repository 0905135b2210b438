"""A queue that remembers what was published, in place of RabbitMQ."""

from uuid import UUID

from shared.messages import DispatchMessage
from tests.rows import ENGINE


class Queue:
    """RabbitMQ as a list: messages come in any order, and may be lost or come twice."""

    def __init__(self) -> None:
        self.messages: list[UUID] = []

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        assert engine == ENGINE
        self.messages.append(message.run_id)

    def waiting(self, engine: str) -> int:
        assert engine == ENGINE
        return len(self.messages)
