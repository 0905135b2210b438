"""Gives followers what has changed of simulations and runs, and new ones what they have to know first.

All statements of a reading see one snapshot, and the next reading begins where it ended. So a change is in exactly one
reading, in whatever order transactions are committed, and a failed reading loses nothing.
"""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection

from api_service.http.designs import Designs
from api_service.identity.credentials import still_valid
from api_service.live import queries, reading
from api_service.live.batch import Batch, Subject, bounded, reset
from api_service.live.follower import Channel, Follower
from api_service.live.hub import Hub
from api_service.live.queries import Position
from api_service.live.reading import Reading
from shared.db.database import Database
from shared.db.revision import first_after, oldest_open, sees

#: How often it is checked that the tokens and sessions of followers are still valid.
CHECK_SECONDS = 10.0


class Changes:
    """Publishes changes of simulations and runs to the followers of `hub`."""

    def __init__(self, database: Database, designs: Designs, hub: Hub) -> None:
        self._database, self._designs, self._hub = database, designs, hub
        self._seen: str | None = None
        #: Followers that have been given a batch, which may not have arrived yet.
        self._served: frozenset[Follower] = frozenset()
        self._checked_at = float("-inf")

    def read(self, followers: Collection[Follower]) -> None:
        """Makes one reading. Raises DatabaseAway, StorageError."""
        if not followers:
            self._seen, self._served = None, frozenset()
            return
        with self._database.transaction(one_snapshot=True) as connection:
            position = queries.read_position(connection)
            ended = self._ended(connection, followers)
            staying = [follower for follower in followers if follower not in ended]
            parts = self._parts(connection, position, staying)
        batches = [batch for part in parts for batch in part.batches(self._designs)]
        self._seen, self._served = position.snapshot, frozenset(staying)
        self._hub.publish(batches, oldest_open(position.snapshot), ended)

    def _ended(self, connection: Connection, followers: Collection[Follower]) -> list[Follower]:
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return []
        valid = still_valid(connection, {follower.identity for follower in followers})
        self._checked_at = time.monotonic()
        return [follower for follower in followers if follower.identity not in valid]

    def _parts(
        self, connection: Connection, position: Position, followers: Sequence[Follower]
    ) -> list["_Next | _First"]:
        # Two readings, so that a client that resumes far back causes no reset of the others.
        staying = [follower for follower in followers if follower in self._served]
        coming = [follower for follower in followers if follower not in self._served]
        return [
            *([_read_next(connection, position, self._seen, staying)] if staying and self._seen else ()),
            *([_read_first(connection, position, coming)] if coming else ()),
        ]


@dataclass(frozen=True, slots=True)
class _Next:
    """What followers get that have been sent all changes up to the last snapshot."""

    followers: Sequence[Follower]
    reading: Reading
    previous: int
    cursor: int
    is_incomplete: bool

    def batches(self, designs: Designs) -> Iterator[tuple[Follower, Batch]]:
        """Yields their batches, if there is something new. Raises StorageError."""
        found = self.reading.filled(designs)

        @cache
        def made(channel: Channel) -> Batch | None:
            if found.is_cut:
                return _first(channel, found, self.cursor, is_reset=True)
            return _next(channel, found, self.previous, self.cursor, is_incomplete=self.is_incomplete)

        for follower in self.followers:
            if (batch := made(follower.channel)) is not None:
                yield follower, batch


@dataclass(frozen=True, slots=True)
class _First:
    """What new followers get, which may resume an earlier stream from one of the `cursors`."""

    followers: Sequence[Follower]
    reading: Reading
    cursors: Collection[int]
    cursor: int

    def batches(self, designs: Designs) -> Iterator[tuple[Follower, Batch]]:
        """Yields their batches. Raises StorageError."""
        found = self.reading.filled(designs)

        @cache
        def made(channel: Channel, since: int | None) -> Batch:
            if since is None or since not in self.cursors or found.is_cut:
                return _first(channel, found, self.cursor, is_reset=since is not None)
            return _resumed(channel, found, since, self.cursor)

        for follower in self.followers:
            yield follower, made(follower.channel, follower.since)


def _read_next(connection: Connection, position: Position, seen: str, followers: Sequence[Follower]) -> _Next:
    previous, cursor = oldest_open(seen), oldest_open(position.snapshot)
    window = queries.Window(position.snapshot, previous, seen)
    found = reading.read(connection, window, {f.channel for f in followers}, set())
    return _Next(followers, found, previous, cursor, found.is_flood or not sees(seen, position.forgotten))


def _read_first(connection: Connection, position: Position, followers: Sequence[Follower]) -> _First:
    cursors = _resumable(connection, position, {f.since for f in followers if f.since is not None})
    window = queries.Window(position.snapshot, min(cursors)) if cursors else None
    wanted = {f.channel.simulation_id for f in followers if f.channel.simulation_id}
    found = reading.read(connection, window, {f.channel for f in followers if f.since in cursors}, wanted)
    return _First(followers, found, cursors, oldest_open(position.snapshot))


def _resumable(connection: Connection, position: Position, cursors: set[int]) -> set[int]:
    """Returns those cursors since which all changes can be read."""
    if not cursors:
        return set()
    oldest = max(queries.read_horizon(connection, position.snapshot), position.forgotten) + 1
    return {cursor for cursor in cursors if oldest <= cursor <= first_after(position.snapshot)}


def _next(channel: Channel, found: Reading, previous: int, cursor: int, *, is_incomplete: bool) -> Batch | None:
    """The batch for those who have had all earlier ones; None when nothing has changed."""
    events = {change.subject: change.body for change in found.of(channel)}
    if is_incomplete and channel.simulation_id is None:
        events = reset()
    return _batch(channel, previous, cursor, events) if events else None


def _resumed(channel: Channel, found: Reading, since: int, cursor: int) -> Batch:
    """The batch for those who come back."""
    if found.is_flood and channel.simulation_id is None:
        return _first(channel, found, cursor, is_reset=True)
    events = {change.subject: change.body for change in found.of(channel) if change.revision >= since}
    return _batch(channel, since, cursor, events)


def _first(channel: Channel, found: Reading, cursor: int, *, is_reset: bool) -> Batch:
    """The batch for those who begin, and for those who have been away for too long."""
    events = reset() if is_reset else {}
    if (simulation_id := channel.simulation_id) is not None:
        if simulation_id in found.current:
            events[Subject("simulation", str(simulation_id), simulation_id)] = found.current[simulation_id]
        else:
            events[Subject("deleted", str(simulation_id), simulation_id)] = reading.deleted(simulation_id)
    return _batch(channel, cursor, cursor, events)


def _batch(channel: Channel, previous: int, cursor: int, events: dict[Subject, bytes]) -> Batch:
    is_last = channel.simulation_id is not None and any(subject.event == "deleted" for subject in events)
    return Batch(previous, cursor, bounded(events), is_last)
