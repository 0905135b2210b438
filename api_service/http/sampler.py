"""Readings for WebSockets: one a second for all that follow something, however many they are."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

from shared.db.database import DatabaseAway
from shared.logging import get_logger

log = get_logger(__name__)

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Sampler(Generic[Key, Value]):
    """Calls `read` for all keys that are followed, on a thread, every `seconds`; while nobody follows, not at all."""

    def __init__(self, read: Callable[[Collection[Key]], Mapping[Key, Value]], *, seconds: float = 1.0) -> None:
        self._read, self._seconds = read, seconds
        self._followed: Counter[Key] = Counter()
        #: Of the last reading: the keys that it was for, and what it found.
        self._asked: Collection[Key] = ()
        self._found: Mapping[Key, Value] = {}
        self._next = asyncio.Event()
        self._reading: asyncio.Task[None] | None = None

    @contextmanager
    def following(self, key: Key) -> Iterator[Callable[[], Awaitable[Value | None]]]:
        """Context manager that gives a function: it waits for the next reading, and returns None without a value."""

        async def newest() -> Value | None:
            await self._next.wait()
            while key not in self._asked:
                await self._next.wait()
            return self._found.get(key)

        self._followed[key] += 1
        if self._reading is None:
            self._reading = asyncio.ensure_future(self._sample())
        try:
            yield newest
        finally:
            self._followed[key] -= 1
            if not self._followed[key]:
                del self._followed[key]
            if not self._followed:
                self._reading.cancel()
                self._reading = None

    async def _sample(self) -> None:
        while True:
            asked = frozenset(self._followed)
            try:
                self._found, self._asked = await asyncio.to_thread(self._read, asked), asked
            except DatabaseAway as error:
                log.warning("sampler.database_away", error=str(error))
            except Exception:
                log.exception("sampler.failed")
            else:
                self._next.set()
                self._next = asyncio.Event()
            await asyncio.sleep(self._seconds)
