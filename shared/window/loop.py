"""The dispatch thread: fills the windows of all engines in one pass, periodically and whenever poked.

The API pokes it after a commit, the scheduler on every notification of Postgres. All publishing of a process happens on
this thread, because every thread that publishes keeps its own connection to RabbitMQ.
"""

import threading
import time
from datetime import timedelta

from sqlalchemy import func, select

from shared import metrics
from shared.db.database import Database, DatabaseAway
from shared.db.tables import Backlog
from shared.logging import get_logger
from shared.messages import BrokerAway, Publisher
from shared.settings import Settings
from shared.window.choose import SIMULATIONS_LOOKED_AT
from shared.window.fill import fill

log = get_logger(__name__)


class DispatchLoop:
    """Fills the window of every engine with waiting runs, every `dispatch_seconds` and whenever poked."""

    def __init__(self, settings: Settings, database: Database, publisher: Publisher) -> None:
        self._database = database
        self._publisher = publisher
        self._lease = timedelta(seconds=settings.lease_seconds)
        self._minimum = settings.window_minimum
        self._owner_runs = settings.owner_running_runs
        self._interval = settings.dispatch_seconds
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="dispatch", daemon=True)
        #: Monotonic time of the last pass in which neither Postgres nor RabbitMQ was away.
        self.last_pass = time.monotonic()
        metrics.expect_dispatch(settings.engines)
        metrics.dispatch_age_seconds.set_function(lambda: time.monotonic() - self.last_pass)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def poke(self) -> None:
        """Request a pass soon; several pokes at once lead to one pass."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread, after the current pass if there is one, and wait for it."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        was_away = False
        while not self._stopping:
            self._wake.wait(self._interval)
            self._wake.clear()
            try:
                self.run_once()
            except (BrokerAway, DatabaseAway) as error:
                if not was_away:
                    log.warning("dispatch.away", error=str(error))
                was_away = True
                continue
            if was_away:
                log.info("dispatch.back")
                was_away = False
            self.last_pass = time.monotonic()

    def run_once(self) -> int:
        """Make one pass over all engines; returns how many runs were published. Raises BrokerAway, DatabaseAway.

        A pass reads a bounded part of the backlog; when it has published so many that more may be ready, it requests
        another pass.
        """
        engines = engines_with_backlog(self._database)
        published = sum(
            fill(
                self._database,
                self._publisher,
                engine,
                lease=self._lease,
                minimum=self._minimum,
                owner_runs=self._owner_runs,
            )
            for engine in engines
        )
        if published >= SIMULATIONS_LOOKED_AT:
            self.poke()
        return published


def engines_with_backlog(database: Database) -> list[str]:
    """Engines with queued, unpublished runs, each found by one step through the index (a loose index scan)."""
    first = select(func.min(Backlog.engine).label("engine")).cte("engines", recursive=True)
    after = select(func.min(Backlog.engine)).where(Backlog.engine > first.c.engine).scalar_subquery()
    engines = first.union_all(select(after).where(first.c.engine.is_not(None)))
    with database.transaction() as connection:
        return list(connection.scalars(select(engines.c.engine).where(engines.c.engine.is_not(None))))
