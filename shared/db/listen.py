"""Thread that receives Postgres notifications of one channel; it needs its own session (no connection pooler)."""

import select
import threading
from collections.abc import Callable

import psycopg2
from sqlalchemy.engine import make_url

from shared.logging import get_logger

log = get_logger(__name__)

#: Delay before connecting again. Users of a listener also check periodically, so a missed notification costs only time.
RECONNECT_SECONDS = 1.0


class Listener:
    """Calls `on_notify` after every batch of notifications on `channel`, and once after each (re)connection."""

    def __init__(self, url: str, channel: str, on_notify: Callable[[], None]) -> None:
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._channel = channel
        self._on_notify = on_notify
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"listen-{channel}", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread; returns when it has ended."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except psycopg2.Error as error:
                log.warning("listen.interrupted", channel=self._channel, error=str(error).strip())
                self._stop.wait(RECONNECT_SECONDS)

    def _listen(self) -> None:
        connection = psycopg2.connect(self._url, connect_timeout=5, application_name=f"epsm-listen-{self._channel}")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {self._channel}")
            self._on_notify()
            while not self._stop.is_set():
                # Half a second bounds how long stop() takes.
                if select.select([connection], [], [], 0.5)[0]:
                    connection.poll()
                    if connection.notifies:
                        connection.notifies.clear()
                        self._on_notify()
        finally:
            connection.close()
