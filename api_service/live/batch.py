"""What is sent to followers at once: encoded events, each subject once. Pure.

A batch is encoded once for all followers with the same rights. For one that reads too slowly, batches that wait are
merged, so that the newest state of each subject is sent and a follower needs a bounded amount of memory.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from api_service.http import links

#: Runs of one simulation in one batch; when more have changed, followers are told to read a page again.
MOST_RUNS = 100
#: Events of one batch; with more, followers are told to read everything again.
MOST_EVENTS = 400


class Subject(NamedTuple):
    """What an event is about: its name, an id, and its simulation if it has one."""

    event: str
    id: str
    simulation_id: UUID | None = None


Events = Mapping[Subject, bytes]

RESET = Subject("reset", "")


@dataclass(frozen=True)
class Batch:
    """Events between two cursors; `is_last`: the stream ends after them."""

    previous: int
    cursor: int
    events: Events
    is_last: bool = False

    @cached_property
    def body(self) -> bytes:
        """The events as `text/event-stream`; without events, a comment.

        Only the last event has the new cursor: a client that has received a part asks for the whole again.
        """
        if not self.events:
            return heartbeat(self.cursor)
        ids = [self.previous] * (len(self.events) - 1) + [self.cursor]
        return b"".join(b"id: %d\n%s\n\n" % pair for pair in zip(ids, self.events.values(), strict=True))

    def followed_by(self, newer: "Batch") -> "Batch":
        """Returns one batch in place of this and a newer one."""
        events = bounded({**self.events, **newer.events})
        return Batch(self.previous, newer.cursor, events, newer.is_last)


def heartbeat(cursor: int) -> bytes:
    """Returns a comment with an id: nothing has changed up to `cursor`, so a stream can be resumed from there."""
    return b": heartbeat\nid: %d\n\n" % cursor


def encoded(event: str, data: Mapping[str, Any]) -> bytes:
    """Returns an event without its id."""
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}".encode()


def reset() -> dict[Subject, bytes]:
    """Returns the event that tells a follower to read everything again that it shows."""
    return {RESET: encoded("reset", {})}


def refetch_runs(simulation_id: UUID) -> dict[Subject, bytes]:
    """Returns the event that tells a follower to read runs again, because more have changed than are sent."""
    href = f"{links.simulation(simulation_id)}/runs"
    return {Subject("refetch", href, simulation_id): encoded("refetch", {"href": href})}


def bounded(events: Events) -> Events:
    """Returns the events, with fewer in place of too many."""
    runs = Counter(subject.simulation_id for subject in events if subject.event == "run")
    refetched = {subject.simulation_id for subject in events if subject.event == "refetch"}
    many = {simulation_id for simulation_id, n in runs.items() if n > MOST_RUNS or simulation_id in refetched}
    kept = {s: event for s, event in events.items() if s.event != "run" or s.simulation_id not in many}
    for simulation_id in many:
        if simulation_id is not None:
            kept |= refetch_runs(simulation_id)
    return reset() if len(kept) > MOST_EVENTS else kept
