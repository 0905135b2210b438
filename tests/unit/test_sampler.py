"""CountedReadings for WebSockets: one for all followers, none without any."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import ExitStack

from api_service.http.sampler import Sampler
from shared.db.database import DatabaseAway

FOLLOWERS = 100


class CountedReadings:
    """What is read; `asked` has the keys of each reading."""

    def __init__(self, *faults: Exception) -> None:
        self.asked: list[set[str]] = []
        self._faults = list(faults)

    def read(self, keys: Collection[str]) -> Mapping[str, str]:
        self.asked.append(set(keys))
        if self._faults:
            raise self._faults.pop()
        return {"a": f"reading {len(self.asked)}"}


def test_all_followers_share_one_reading() -> None:
    source = CountedReadings()

    async def follow() -> list[tuple[str | None, ...]]:
        sampler = Sampler(source.read, seconds=0)
        with ExitStack() as stack:
            each = [stack.enter_context(sampler.following(key)) for key in ("a", "b") for _ in range(FOLLOWERS)]
            return [tuple(await asyncio.gather(*(newest() for newest in each))) for _ in range(2)]

    first, second = asyncio.run(follow())

    assert source.asked[:2] == [{"a", "b"}] * 2
    assert first == ("reading 1",) * FOLLOWERS + (None,) * FOLLOWERS
    assert set(second[:FOLLOWERS]) == {second[0]} != {"reading 1"}


def test_without_followers_nothing_is_read() -> None:
    source = CountedReadings()

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
    source = CountedReadings()

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

    assert asyncio.run(join()) == "reading 2"
    assert source.asked[:2] == [{"b"}, {"a", "b"}]


def test_a_reading_that_fails_is_repeated() -> None:
    source = CountedReadings(DatabaseAway("away"), ValueError("broken"))

    async def follow() -> str | None:
        with Sampler(source.read, seconds=0).following("a") as newest:
            return await newest()

    assert asyncio.run(follow()) == "reading 3"
