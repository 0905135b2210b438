"""Readings for WebSockets: one for all followers, none without any."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import ExitStack

from api_service.http.sampler import Sampler
from shared.db.database import DatabaseAway

FOLLOWERS = 100


class Readings:
    """What is read; `asked` has the keys of each reading."""

    def __init__(self, *faults: Exception) -> None:
        self.asked: list[set[str]] = []
        self.values = {"a": "first"}
        self._faults = list(faults)

    def read(self, keys: Collection[str]) -> Mapping[str, str]:
        self.asked.append(set(keys))
        if self._faults:
            raise self._faults.pop()
        return self.values


def test_all_followers_share_one_reading() -> None:
    source = Readings()

    async def follow() -> list[list[str | None]]:
        sampler = Sampler(source.read, seconds=0)
        with ExitStack() as stack:
            each = [stack.enter_context(sampler.following(key)) for key in ("a", "b") for _ in range(FOLLOWERS)]
            return [list(await asyncio.gather(*(newest() for newest in each))) for _ in range(2)]

    first, second = asyncio.run(follow())

    assert first == second == ["first"] * FOLLOWERS + [None] * FOLLOWERS
    assert source.asked[:2] == [{"a", "b"}] * 2
    assert len(source.asked) <= 3


def test_without_followers_nothing_is_read() -> None:
    source = Readings()

    async def follow_and_leave() -> int:
        sampler = Sampler(source.read, seconds=0)
        with sampler.following("a") as newest:
            await newest()
        read = len(source.asked)
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(source.asked) == read
        with sampler.following("b") as newest:
            assert await newest() is None
        return read

    assert asyncio.run(follow_and_leave()) < len(source.asked)


def test_a_key_that_a_reading_was_not_for_waits_for_the_next_one() -> None:
    source = Readings()

    async def join() -> str | None:
        sampler = Sampler(source.read, seconds=0)
        with sampler.following("b") as other:
            reading = asyncio.ensure_future(other())
            await asyncio.sleep(0)
            # The reading for "b" alone has begun.
            with sampler.following("a") as newest:
                value = await newest()
            await reading
        return value

    assert asyncio.run(join()) == "first"


def test_a_reading_that_fails_is_repeated() -> None:
    source = Readings(DatabaseAway("away"), ValueError("broken"))

    async def follow() -> str | None:
        with Sampler(source.read, seconds=0).following("a") as newest:
            return await newest()

    assert asyncio.run(follow()) == "first"
    assert len(source.asked) >= 3
