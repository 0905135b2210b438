"""Concurrent execution of actions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from tests.rows import Rows


def together(*actions: Callable[[], object]) -> list[object]:
    """Runs actions at the same time and returns their results."""
    ready = Barrier(len(actions))

    def act(action: Callable[[], object]) -> object:
        ready.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(act, actions))


def until_a_session_waits(rows: Rows) -> None:
    """Waits until a session of the database waits for a lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(10_000):
        with rows.database.transaction() as connection:
            if connection.scalar(waits):
                return
    pytest.fail("the second one does not wait for the first")
