"""The event streams of one process, with the threads that read for them; created by `app.py`, started by `asgi.py`."""

import asyncio

from api_service.http.dependencies import Dependencies
from api_service.live.changes import Changes
from api_service.live.fleet import FleetChanges
from api_service.live.hub import PAUSE_SECONDS, Hub
from api_service.live.reader import Reader

#: Key among the extensions of the Flask application.
EXTENSION = "epsm-live"
#: As often as workers beat.
FLEET_SECONDS = 2.0


class EventStreams:
    """A hub and its readers."""

    def __init__(self, of: Dependencies) -> None:
        self.hub = Hub()
        changes, fleet = Changes(of.database, of.designs, self.hub), FleetChanges(of, self.hub)
        self._readers = [
            Reader("changes", PAUSE_SECONDS, self.hub.followers, changes.read),
            Reader("fleet", FLEET_SECONDS, self.hub.followers, fleet.read),
        ]

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Starts the threads; `loop` runs the streams."""
        self.hub.start(loop, self._wake)
        for reader in self._readers:
            reader.start()

    def stop(self) -> None:
        """Stops the threads; streams end with the event loop's `closing`."""
        for reader in self._readers:
            reader.stop()

    def _wake(self) -> None:
        for reader in self._readers:
            reader.wake()
