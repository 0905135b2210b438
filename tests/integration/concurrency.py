"""Several transactions at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier


def together(*actions: Callable[[], object]) -> list[object]:
    """Run actions at the same time; what they gave."""
    ready = Barrier(len(actions))

    def act(action: Callable[[], object]) -> object:
        ready.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(act, actions))
