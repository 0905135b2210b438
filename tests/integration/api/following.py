"""Followers of event streams without a server: readings are made when a test asks for them."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy import event

from api_service.http.designs import Designs
from api_service.identity.scope import Scope
from api_service.identity.who import How, Identity
from api_service.live.batch import Batch
from api_service.live.changes import Changes
from api_service.live.follower import Follower
from api_service.live.hub import Hub
from shared.db.database import Database
from shared.storage import Storage

ADMIN = Identity("root", "root", frozenset(Scope), How.OFF)


def user(owner: str) -> Identity:
    return Identity(owner, owner, frozenset({Scope.READ}), How.OFF)


@dataclass(frozen=True)
class Received:
    """One event."""

    event: str
    id: int
    data: Any


def parse(stream: bytes) -> list[Received]:
    """Returns the events of a stream, without comments."""
    found = []
    for block in stream.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append(Received(fields["event"], int(fields["id"]), json.loads(fields["data"])))
    return found


class Readings:
    """The readings of one API process; without a store, of runs that have no design."""

    def __init__(self, database: Database, storage: Storage | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._hub = Hub()
        self._hub.start(self._loop, lambda: None)
        self._database = database
        self.changes = Changes(database, Designs(cast(Storage, storage)), self._hub)

    def close(self) -> None:
        self._loop.close()

    def read(self, *followers: Follower, among: Sequence[Follower] = ()) -> list[list[Received]]:
        """Makes a reading and returns what each follower gets; those `among` whom they are get it later."""
        return [[] if batch is None else parse(batch.body) for batch in self.batches(followers, among)]

    def batches(self, followers: Sequence[Follower], among: Sequence[Follower] = ()) -> list[Batch | None]:
        self.changes.read([*followers, *among])
        self._loop.run_until_complete(asyncio.sleep(0))
        return [follower.take() for follower in followers]

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """The statements of the body."""
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        event.listen(self._database.engine, "after_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(self._database.engine, "after_cursor_execute", note)


def follow(identity: Identity = ADMIN, simulation_id: UUID | None = None, since: int | None = None) -> Follower:
    return Follower(identity, simulation_id, since)


def names(events: Sequence[Received]) -> list[tuple[str, str]]:
    """Returns each event with the id of its subject."""
    return [(event.event, event.data.get("id") or event.data.get("href", "")) for event in events]
