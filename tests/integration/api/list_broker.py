"""A RabbitMQ in memory, for the tests of the API."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from shared.messages import BrokerAway, DeadLetter, DispatchMessage, QueueDepth


@dataclass
class ListBroker:
    """A RabbitMQ that records messages and can be unreachable."""

    published: list[DispatchMessage] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    away: bool = False

    def publish_run(self, engine: str, message: DispatchMessage) -> None:
        self.check()
        self.published.append(message)

    def waiting(self, engine: str) -> int:
        return self.depth(engine).waiting

    def depth(self, engine: str) -> QueueDepth:
        self.check()
        return QueueDepth(len(self.published), 1, len(self.letters))

    def dead_letters(self, engine: str, most: int) -> Sequence[DeadLetter]:
        self.check()
        return self.letters[:most]

    def drop_dead_letters(self, engine: str, ids: Collection[str], most: int) -> int:
        self.check()
        self.letters = [letter for letter in self.letters if letter.id not in ids]
        return len(self.letters)

    def check(self) -> None:
        if self.away:
            raise BrokerAway("RabbitMQ: it is away")
