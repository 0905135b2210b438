"""Waiting for Postgres: a worker whose database is away keeps its run and its message and tries again."""

import threading
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from shared.db.database import Database, DatabaseAway
from shared.logging import get_logger

log = get_logger(__name__)

Value = TypeVar("Value")

FIRST_WAIT_SECONDS = 0.1
MAX_WAIT_SECONDS = 2.0


class DatabaseRetry:
    """Repeats a transaction until it goes through, or until the worker has no more time."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def end(self) -> None:
        """From now on every failure is final."""
        self._over.set()

    def run(self, action: Callable[[], Value]) -> Value:
        """The value of `action`, which runs one transaction. Raises DatabaseAway once retry has ended."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                return action()
            except DatabaseAway as error:
                if self._over.is_set():
                    raise
                log.warning("database.away", error=str(error).strip())
                self._over.wait(wait)
                wait = min(2 * wait, MAX_WAIT_SECONDS)

    def transact(self, database: Database, action: Callable[[Connection], Value]) -> Value:
        """The value of `action` on a connection in a transaction of its own. Raises DatabaseAway."""

        def transaction() -> Value:
            with database.transaction() as connection:
                return action(connection)

        return self.run(transaction)
