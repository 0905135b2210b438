"""All open event streams of this process; each is a coroutine, and readers on two threads publish for all of them."""

import asyncio
import threading
from collections.abc import Callable, Sequence

from api_service.http.stream import Receive, Send, disconnected
from api_service.live.batch import Batch, Events
from api_service.live.follower import Follower
from shared import metrics

#: Proxies close connections on which nothing comes for a minute.
HEARTBEAT_SECONDS = 15.0
#: The event that says which part of the service is away.
HEALTH = "health"
#: The first bytes of a stream: after which time a browser connects again, in milliseconds.
BEGINNING = b"retry: 2000\n\n"
#: Minimum time between two batches of a stream, so that each subject comes at most once a second.
PAUSE_SECONDS = 1.0
#: A stream rests after a large batch, so that it needs no more than this.
BYTES_PER_SECOND = 128 * 1024


class Hub:
    """Sends what the readers publish; `follow` is the body of one stream."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._followers: set[Follower] = set()
        self._lock = threading.Lock()
        self._cursor = 0
        self._arrival: Callable[[], None] = lambda: None

    def start(self, loop: asyncio.AbstractEventLoop, arrival: Callable[[], None]) -> None:
        """`loop` runs the streams; `arrival` is called when a follower has come."""
        self._loop, self._arrival = loop, arrival

    def followers(self) -> list[Follower]:
        """Returns all followers; called by the readers' threads."""
        with self._lock:
            return list(self._followers)

    async def follow(self, follower: Follower, receive: Receive, send: Send, closing: asyncio.Event) -> None:
        """Sends events until the client has gone, its rights have, or `closing` is set."""
        ends = [asyncio.ensure_future(disconnected(receive)), asyncio.ensure_future(closing.wait())]
        for end in ends:
            end.add_done_callback(lambda _: follower.end())
        self._change(self._followers.add, follower)
        try:
            await _send(send, BEGINNING)
            self._arrival()
            while not follower.has_ended:
                await follower.woken(HEARTBEAT_SECONDS)
                batch = follower.take() or self._nothing(follower)
                if not follower.has_ended:
                    await _send(send, batch.body)
                if batch.is_last:
                    break
                await follower.pause(max(PAUSE_SECONDS, len(batch.body) / BYTES_PER_SECOND))
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._change(self._followers.discard, follower)
            for end in ends:
                end.cancel()

    def publish(self, batches: Sequence[tuple[Follower, Batch]], cursor: int, ended: Sequence[Follower] = ()) -> None:
        """Gives batches to followers, and ends streams; called by a reader's thread."""
        self._call(lambda: self._publish(batches, cursor, ended))

    def publish_fleet(self, changed: Events, whole: Events, *, is_complete: bool) -> None:
        """Gives what of the fleet has changed to followers, and `whole` to those who have not had it completely yet.

        Called by a reader's thread. Followers of one simulation get the service's health only.
        """
        self._call(lambda: self._publish_fleet(changed, whole, is_complete))

    def _publish(self, batches: Sequence[tuple[Follower, Batch]], cursor: int, ended: Sequence[Follower]) -> None:
        self._cursor = cursor
        for follower in ended:
            follower.end()
        for follower, batch in batches:
            follower.is_up_to_date = True
            follower.offer(batch)

    def _publish_fleet(self, changed: Events, whole: Events, is_complete: bool) -> None:
        # The cursor is that of the last reading: events of the fleet have none of their own.
        batches = {
            (knows, is_single): Batch(
                self._cursor, self._cursor, {s: e for s, e in events.items() if s.event == HEALTH or not is_single}
            )
            for knows, events in ((True, changed), (False, whole))
            for is_single in (True, False)
        }
        for follower in self._followers:
            batch = batches[follower.knows_fleet, follower.channel.simulation_id is not None]
            if follower.is_up_to_date and batch.events:
                follower.knows_fleet = is_complete or follower.channel.simulation_id is not None
                follower.offer(batch)

    def _nothing(self, follower: Follower) -> Batch:
        # Before its first batch, a follower must not believe that it has had everything.
        cursor = self._cursor if follower.is_up_to_date else follower.since or 0
        return Batch(cursor, cursor, {})

    def _call(self, action: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action)

    def _change(self, change: Callable[[Follower], None], follower: Follower) -> None:
        with self._lock:
            change(follower)
        metrics.http_streams_open.set(len(self._followers))


async def _send(send: Send, body: bytes) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": True})
