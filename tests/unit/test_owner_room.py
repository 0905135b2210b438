"""What an owner may still store."""

import pytest

from shared.state.caps import OverCap
from sim_worker.attempt.owner_room import COUNT_SECONDS, OwnerRoom


class Count:
    """What Postgres says is stored, and how often it was asked."""

    def __init__(self, stored: int) -> None:
        self.stored = stored
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.stored


def test_what_is_stored_is_counted_once_and_then_added_to() -> None:
    room, count = OwnerRoom(100, clock=lambda: 0.0), Count(70)

    room.take("a", 10, count)
    room.take("a", 20, count)

    assert count.asked == 1
    with pytest.raises(OverCap) as over:
        OwnerRoom(100).take("a", 31, count)
    assert (over.value.has, over.value.adding, over.value.maximum) == (70, 31, 100)


def test_only_a_new_count_refuses() -> None:
    room, count = OwnerRoom(100, clock=lambda: 0.0), Count(90)
    room.take("a", 10, count)
    count.stored = 5

    room.take("a", 10, count)

    assert count.asked == 2


def test_a_count_holds_for_a_while_and_for_one_owner() -> None:
    now = 0.0
    room, count = OwnerRoom(100, clock=lambda: now), Count(50)
    room.take("a", 0, count)
    room.take("b", 0, count)
    now = COUNT_SECONDS
    room.take("a", 0, count)

    assert count.asked == 3


def test_without_a_limit_nothing_is_counted() -> None:
    count = Count(10**15)

    OwnerRoom(0).take("a", 10**15, count)

    assert count.asked == 0
