"""Gives followers what has changed of simulations and runs, and new ones what they have to know first.

All statements of a reading see one snapshot, and the next reading begins where it ended. So a change is in exactly one
reading, in whatever order transactions are committed, and a failed reading loses nothing.
"""

import time
from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import Connection

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

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database, self._hub = database, hub
        self._seen: str | None = None
        self._checked_at = float("-inf")

    def read(self, followers: Collection[Follower]) -> None:
        """Makes one reading. Raises DatabaseAway."""
        if not followers:
            self._seen = None
            return
        with self._database.transaction(one_snapshot=True) as connection:
            position = queries.read_position(connection)
            ended = self._ended(connection, followers)
            batches = self._batches(connection, position, [f for f in followers if f not in ended])
        self._seen = position.snapshot
        self._hub.publish(batches, oldest_open(position.snapshot), ended)

    def _ended(self, connection: Connection, followers: Collection[Follower]) -> list[Follower]:
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return []
        valid = still_valid(connection, {follower.identity for follower in followers})
        self._checked_at = time.monotonic()
        return [follower for follower in followers if follower.identity not in valid]

    def _batches(
        self, connection: Connection, position: Position, followers: Sequence[Follower]
    ) -> list[tuple[Follower, Batch]]:
        seen, cursor = self._seen or position.snapshot, oldest_open(position.snapshot)
        new = [follower for follower in followers if not follower.is_up_to_date]
        cursors = _resumable(connection, position, {f.since for f in new if f.since is not None})
        window = queries.Window(seen, position.snapshot, min([oldest_open(seen), *cursors]))
        wanted = {f.channel.simulation_id for f in new if f.channel.simulation_id and f.since not in cursors}
        found = reading.read(connection, window, {f.channel for f in followers}, wanted)
        is_incomplete = found.is_flood or not sees(seen, position.forgotten)

        @cache
        def made(channel: Channel, since: int | None, is_up_to_date: bool) -> Batch | None:
            if is_up_to_date:
                return _next(channel, found, oldest_open(seen), cursor, is_incomplete=is_incomplete)
            if since in cursors and not found.is_flood:
                return _resumed(channel, found, since, cursor)
            return _first(channel, found, cursor, is_reset=since is not None)

        given = ((f, made(f.channel, None if f.is_up_to_date else f.since, f.is_up_to_date)) for f in followers)
        return [(follower, batch) for follower, batch in given if batch is not None]


def _resumable(connection: Connection, position: Position, cursors: set[int]) -> set[int]:
    """Returns those cursors since which all changes can be read."""
    if not cursors:
        return set()
    oldest = max(queries.read_horizon(connection), position.forgotten) + 1
    return {cursor for cursor in cursors if oldest <= cursor <= first_after(position.snapshot)}


def _next(channel: Channel, found: Reading, previous: int, cursor: int, *, is_incomplete: bool) -> Batch | None:
    """The batch for those who have had all earlier ones; None when nothing has changed."""
    events = {change.subject: change.body for change in found.of(channel) if change.is_new}
    if is_incomplete and channel.simulation_id is None:
        events = reset()
    return _batch(channel, previous, cursor, events) if events else None


def _resumed(channel: Channel, found: Reading, since: int, cursor: int) -> Batch:
    """The batch for those who come back."""
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
