"""Concurrent execution of actions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def together(*actions: Callable[[], object]) -> list[object]:
    """Runs actions at the same time and returns their results."""
    ready = Barrier(len(actions))

    def act(action: Callable[[], object]) -> object:
        ready.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(act, actions))
