"""A thread that reads for all followers: while there are any, and not more often than it should."""

import threading
import time
from collections.abc import Callable

from api_service.live.follower import Follower
from api_service.live.hub import PAUSE_SECONDS
from shared.db.database import DatabaseAway
from shared.logging import get_logger
from shared.storage import StorageError

log = get_logger(__name__)

#: A reading that takes long is followed by so many times its duration without one, up to so many seconds.
REST, MOST_REST_SECONDS = 10, 10.0


class Reader:
    """Calls `read` with the followers every `seconds` and whenever woken; once with none when the last one has gone."""

    def __init__(
        self,
        name: str,
        seconds: float,
        followers: Callable[[], list[Follower]],
        read: Callable[[list[Follower]], None],
    ) -> None:
        self._name, self._seconds = name, seconds
        self._followers, self._read = followers, read
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"live-{name}", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Requests a reading soon; several requests lead to one reading."""
        self._wake.set()

    def stop(self) -> None:
        """Ends the thread and waits for it."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        was_away, paused = False, 0.0
        followers: list[Follower] = []
        while not self._stop.is_set():
            self._wake.wait(max(0.0, self._seconds - paused) if followers else None)
            self._wake.clear()
            followers, started = self._followers(), time.monotonic()
            try:
                self._read(followers)
                was_away = False
            except (DatabaseAway, StorageError) as error:
                if not was_away:
                    log.warning("live.away", reader=self._name, error=str(error))
                was_away = True
            except Exception:
                # The streams of all followers depend on this thread, and the next reading may succeed.
                log.exception("live.failed", reader=self._name)
            rest = min(REST * (time.monotonic() - started), MOST_REST_SECONDS)
            paused = PAUSE_SECONDS if was_away else max(PAUSE_SECONDS, rest)
            self._stop.wait(paused)
