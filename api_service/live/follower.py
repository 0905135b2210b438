"""One open event stream: who follows what, and what waits to be sent. Used on the event loop only."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from api_service.identity.visible import seen_owner
from api_service.identity.who import Identity
from api_service.live.batch import Batch


@dataclass(frozen=True, slots=True)
class Channel:
    """What a follower may see and asks for; followers of one channel get the same events.

    An owner of None stands for all owners, and a simulation of None for everything.
    """

    owner: str | None
    simulation_id: UUID | None

    @classmethod
    def of(cls, identity: Identity, simulation_id: UUID | None) -> "Channel":
        """The channel of a requester, who may see the simulation."""
        return cls(seen_owner(identity), simulation_id)

    def has(self, owner: str, simulation_id: UUID) -> bool:
        """Whether a simulation with its runs belongs to the channel."""
        return self.simulation_id in (None, simulation_id) and self.owner in (None, owner)


class Follower:
    """One open stream. `since` is the cursor at which it resumes, None when it is new."""

    def __init__(self, identity: Identity, simulation_id: UUID | None = None, since: int | None = None) -> None:
        self.identity = identity
        self.channel = Channel.of(identity, simulation_id)
        self.since = since
        #: Whether it has been given its first batch, and, when it follows everything, the state of the fleet.
        self.is_up_to_date = self.knows_fleet = False
        self._pending: Batch | None = None
        self._wake = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is to be sent."""
        return self._ended.is_set()

    def offer(self, batch: Batch) -> None:
        """Adds a batch to what waits."""
        self._pending = batch if self._pending is None else self._pending.followed_by(batch)
        self._wake.set()

    def take(self) -> Batch | None:
        """Returns what waits, in one batch."""
        batch, self._pending = self._pending, None
        self._wake.clear()
        return batch

    def end(self) -> None:
        """Ends the stream at once."""
        self._ended.set()
        self._wake.set()

    async def woken(self, seconds: float) -> None:
        """Returns when there is something to do, and after `seconds` at the latest."""
        await _set(self._wake, seconds)

    async def pause(self, seconds: float) -> None:
        """Returns after `seconds`, or when the stream has ended."""
        await _set(self._ended, seconds)


async def _set(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
