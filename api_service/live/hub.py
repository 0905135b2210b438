"""All open event streams of this process: each is a coroutine, and one frame is encoded once for all of them."""

import asyncio

from api_service.http.stream import Receive, Send, disconnected
from shared import metrics
from shared.db.address import database_address
from shared.db.listen import Listener
from shared.settings import Settings
from shared.state.writer import DISPATCH_CHANNEL

#: Key of the hub among the extensions of the Flask application.
EXTENSION = "epsm-hub"
#: Proxies close connections on which nothing comes for a minute.
HEARTBEAT_SECONDS = 15.0
HEARTBEAT = b": heartbeat\n\n"
#: Minimum time between two events of one stream.
PAUSE_SECONDS = 1.0


class Hub:
    """Counts notifications of Postgres and tells every open stream; `follow` is the body of one stream."""

    def __init__(self, settings: Settings) -> None:
        self._listener = Listener(database_address(settings), DISPATCH_CHANNEL, self._on_notify)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._followers: set[asyncio.Event] = set()
        self._revision = 0
        self._frame = _frame(0)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Starts the thread that listens; `loop` runs the streams."""
        self._loop = loop
        self._listener.start()

    def stop(self) -> None:
        """Stops the thread that listens; streams end with the event loop's `closing`."""
        self._listener.stop()

    async def follow(self, receive: Receive, send: Send, closing: asyncio.Event) -> None:
        """Sends the revision now and after every change, until the client has gone or `closing` is set."""
        wake = asyncio.Event()
        ends = [asyncio.ensure_future(disconnected(receive)), asyncio.ensure_future(closing.wait())]
        for end in ends:
            end.add_done_callback(lambda _: wake.set())
        self._followers.add(wake)
        metrics.http_streams_open.set(len(self._followers))
        try:
            seen = -1
            while not any(end.done() for end in ends):
                frame = self._frame if self._revision != seen else HEARTBEAT
                seen = self._revision
                await send({"type": "http.response.body", "body": frame, "more_body": True})
                await asyncio.sleep(PAUSE_SECONDS)
                wake.clear()
                if seen == self._revision and not any(end.done() for end in ends):
                    await _wait(wake)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._followers.discard(wake)
            metrics.http_streams_open.set(len(self._followers))
            for end in ends:
                end.cancel()

    def _on_notify(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._advance)

    def _advance(self) -> None:
        self._revision += 1
        self._frame = _frame(self._revision)
        for wake in self._followers:
            wake.set()


def _frame(revision: int) -> bytes:
    return b'id: %d\ndata: {"revision": %d}\n\n' % (revision, revision)


async def _wait(wake: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            await wake.wait()
    except TimeoutError:
        return
