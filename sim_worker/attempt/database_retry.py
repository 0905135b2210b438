"""Retry of transactions: while Postgres is unreachable, a worker keeps its run and its message and tries again."""

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
    """Repeats a transaction until it succeeds, or until `end` is called."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def end(self) -> None:
        """Stop retrying: from now on a failed transaction raises DatabaseAway at once."""
        self._over.set()

    def run(self, action: Callable[[], Value]) -> Value:
        """The value of `action`, which runs one transaction. Raises DatabaseAway once `end` has been called."""
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
        """The value of `action`, called with the connection of a new transaction. Raises DatabaseAway as `run` does."""

        def transaction() -> Value:
            with database.transaction() as connection:
                return action(connection)

        return self.run(transaction)
